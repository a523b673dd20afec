package webhook

import (
	"errors"
	"net/netip"
)

// ErrPrivate is that an address is one to which nothing may be sent: it may be of the
// machine itself or of the network that it stands in.
var ErrPrivate = errors.New("nothing may be sent to this address")

// closed are the networks that are not of the public internet, as IANA lists them.
//
//nolint:gochecknoglobals // a constant table
var closed = networks(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "3fff::/20",
)

// What is outside of these is closed in IPv6, whatever comes to be used there.
var (
	global = netip.MustParsePrefix("2000::/3")     //nolint:gochecknoglobals // a constant
	sixTo4 = netip.MustParsePrefix("2002::/16")    //nolint:gochecknoglobals // a constant: an address of IPv4 follows
	nat64  = netip.MustParsePrefix("64:ff9b::/96") //nolint:gochecknoglobals // a constant: an address of IPv4 is its end
)

func networks(all ...string) (out []netip.Prefix) {
	for _, n := range all {
		out = append(out, netip.MustParsePrefix(n))
	}
	return out
}

// Public reports whether a is an address of the public internet. One of IPv6 that leads
// to one of IPv4 is what that is.
func Public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	b := a.As16()
	switch {
	case !a.IsValid():
		return false
	case a.Is4():
	case nat64.Contains(a):
		return Public(netip.AddrFrom4([4]byte(b[12:16])))
	case sixTo4.Contains(a):
		return Public(netip.AddrFrom4([4]byte(b[2:6])))
	case !global.Contains(a):
		return false
	}
	for _, n := range closed {
		if n.Contains(a) {
			return false
		}
	}
	return true
}
