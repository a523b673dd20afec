//go:build !windows

package main

// start runs the command line. A service manager here wants nothing but signals.
func start() int { return onConsole() }
