package views

import (
	"testing"

	"github.com/connectplaza/plaza"
)

func noticePages(f Frame) [][2]Page {
	acting := f
	acting.Actor.Via = &plaza.Acting{ID: hostile, Mode: plaza.Look, Reason: hostile, Expires: noon()}
	var rows []plaza.Notice
	for _, kind := range noticeKinds() {
		rows = append(rows, plaza.Notice{ID: hostile, Kind: kind, About: hostile, Object: hostile, At: noon()})
		rows = append(rows, plaza.Notice{ID: hostile, Kind: kind, Object: hostile, At: noon(), Read: noon()})
	}
	return [][2]Page{
		{Notices{Frame: f}, Notices{
			Frame: f, Listing: hostileListing("/notices"), List: plaza.List[plaza.Notice]{Rows: rows, Total: 1000, Prev: hostile, Next: hostile},
		}},
		{Notices{Frame: acting}, Notices{Frame: acting, Listing: hostileListing("/notices")}},
	}
}

func noticeKinds() []plaza.NoticeKind {
	return []plaza.NoticeKind{
		plaza.NoticeRequestMade, plaza.NoticeRequestApproved, plaza.NoticeRequestDeclined, plaza.NoticeActingStarted, plaza.NoticeLoginAccepted,
	}
}

func TestNoticesLeadSomewhereAndSaySomething(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for _, kind := range noticeKinds() {
		n := plaza.Notice{Kind: kind, Object: "1"}
		if path := noticePath(n); path == "/" {
			t.Errorf("%s leads nowhere", kind)
		}
		if text := f.noticeText(n); text == "" || text == "notice."+string(kind) {
			t.Errorf("%s says %q", kind, text)
		}
	}
}
