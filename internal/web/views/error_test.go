package views

import "github.com/connectplaza/plaza"

func errorPages(f Frame) (all [][2]Page) {
	f.Framed = false
	for _, kind := range []plaza.Kind{
		plaza.Invalid, plaza.Unauthenticated, plaza.Forbidden, plaza.NotFound, plaza.Conflict, plaza.Stale,
		plaza.Limited, plaza.Unavailable, plaza.Internal,
	} {
		all = append(all, [2]Page{
			Error{Frame: f, Kind: kind},
			Error{
				Frame: f, Status: 500, Kind: kind, Msg: plaza.T(hostile), Request: hostile,
				Fields: map[string]plaza.Text{hostile: plaza.T(hostile)},
			},
		})
	}
	nobody := f
	nobody.Actor = plaza.Actor{}
	return append(all,
		[2]Page{Error{Frame: nobody}, Error{Frame: nobody, Status: 405, Kind: plaza.NotFound, Back: "/" + hostile}},
		[2]Page{Error{Frame: nobody}, Error{Frame: nobody, Status: 413, Kind: plaza.Invalid, Back: "/" + hostile}},
	)
}
