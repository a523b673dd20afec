package views

import "github.com/connectplaza/plaza"

func searchPages(f Frame) [][2]Page {
	return [][2]Page{
		{Search{Frame: f}, Search{
			Frame: f, Typed: hostile, Text: hostile,
			Profiles: plaza.List[plaza.Profile]{Rows: []plaza.Profile{{ID: hostile, Name: hostile, Kind: plaza.Partner}}, Total: 1},
			Licenses: plaza.List[plaza.License]{Rows: []plaza.License{hostileLicense()}, Total: 1000},
			Agents:   plaza.List[plaza.ConnectAgent]{Rows: []plaza.ConnectAgent{hostileAgent(), {}}, Total: 2},
			Logins:   plaza.List[plaza.Login]{Rows: []plaza.Login{hostileLogin()}, Total: 1},
		}},
		{Search{Frame: f}, Search{Frame: f, Typed: hostile, Text: hostile}},
	}
}
