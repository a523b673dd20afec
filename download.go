package plaza

import "strings"

// AgentPlatform is what a ConnectAgent can run on: system and architecture, by
// their names in Go.
type AgentPlatform string

// AgentPlatforms returns what a ConnectAgent can run on, the most usual first.
func AgentPlatforms() []AgentPlatform {
	return []AgentPlatform{"linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64", "darwin/arm64", "darwin/amd64"}
}

// Text returns the name of p.
func (p AgentPlatform) Text() Text {
	return T("download.platform." + strings.ReplaceAll(string(p), "/", "_"))
}

// System returns the operating system of p.
func (p AgentPlatform) System() string {
	system, _, _ := strings.Cut(string(p), "/")
	return system
}
