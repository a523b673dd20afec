package views

import (
	"slices"
	"strings"
	"time"
)

// languages returns the languages to choose from, and that of the browser.
func (p Account) languages() []choice {
	all := []choice{{Label: p.Frame.T("account.language_browser")}}
	for _, l := range p.Languages {
		all = append(all, choice{Value: l.Code, Label: l.Name})
	}
	return all
}

// zones returns the time zones to choose from: Plaza's own, some that most
// people live in, and the one that was chosen if it is none of them.
func (p Account) zones() []choice {
	all := []choice{{Label: p.Frame.T("account.zone_default", "Zone", zoneName(p.Zone.String()))}}
	names := commonZones()
	if own := p.Form.Value("time_zone"); own != "" && !slices.Contains(names, own) {
		names = append(names, own)
		slices.Sort(names)
	}
	for _, name := range names {
		all = append(all, choice{Value: name, Label: zoneName(name) + p.offset(name)})
	}
	return all
}

// zoneName returns the name of a zone as it is read.
func zoneName(name string) string { return strings.ReplaceAll(name, "_", " ") }

// offset returns how far a zone is from UTC now; nothing if there is no such
// zone.
func (p Account) offset(name string) string {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return ""
	}
	return p.Frame.Now.In(zone).Format(" (UTC-07:00)")
}

// commonZones returns zones in which most people live, sorted.
func commonZones() []string {
	return []string{
		"Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
		"America/Anchorage", "America/Argentina/Buenos_Aires", "America/Bogota", "America/Caracas", "America/Chicago", "America/Curacao",
		"America/Denver", "America/Halifax", "America/Lima", "America/Los_Angeles", "America/Mexico_City", "America/New_York",
		"America/Paramaribo", "America/Phoenix", "America/Santiago", "America/Sao_Paulo", "America/Toronto", "America/Vancouver",
		"Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kolkata",
		"Asia/Manila", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo",
		"Atlantic/Azores", "Atlantic/Canary", "Atlantic/Reykjavik",
		"Australia/Adelaide", "Australia/Brisbane", "Australia/Perth", "Australia/Sydney",
		"Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest", "Europe/Copenhagen",
		"Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Luxembourg",
		"Europe/Madrid", "Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Sofia", "Europe/Stockholm", "Europe/Vienna",
		"Europe/Warsaw", "Europe/Zurich",
		"Pacific/Auckland", "Pacific/Honolulu", "UTC",
	}
}

// differences returns what stands in the account beside what was typed.
func (p Account) differences() []difference {
	label := func(all []choice, value string) string {
		for _, c := range all {
			if c.Value == value {
				return c.Label
			}
		}
		return value
	}
	return []difference{
		{p.Frame.T("account.name"), p.Person.Name, p.Form.Value("name")},
		{p.Frame.T("account.language"), label(p.languages(), p.Person.Language), label(p.languages(), p.Form.Value("language"))},
		{p.Frame.T("account.time_zone"), label(p.zones(), p.Person.TimeZone), label(p.zones(), p.Form.Value("time_zone"))},
	}
}
