package views

import "github.com/connectplaza/plaza"

// noticePath returns where a notice leads to.
func noticePath(n plaza.Notice) string {
	switch n.Kind {
	case plaza.NoticeRequestMade, plaza.NoticeRequestApproved, plaza.NoticeRequestDeclined, plaza.NoticeRequestComment, plaza.NoticeRequestSecond:
		return "/requests/" + n.Object
	case plaza.NoticeActingStarted, plaza.NoticeConsentAsked:
		return "/access"
	case plaza.NoticeGlassBroken:
		return "/audit?acting=" + n.Object
	case plaza.NoticeConsentGranted, plaza.NoticeConsentRefused:
		return "/partners/" + n.Object + "/login-as"
	case plaza.NoticeLoginAccepted:
		return "/logins/" + n.Object
	case plaza.NoticeAgentSilent, plaza.NoticeAgentBack, plaza.NoticeAgentCloned:
		return "/agents/" + n.Object
	case plaza.NoticeAgentsSilent:
		return "/monitor?state=overdue%2Coffline"
	case plaza.NoticeAgentsBack:
		return "/monitor"
	case plaza.NoticeAllowanceNear, plaza.NoticeAllowanceFull:
		return "/allowances"
	case plaza.NoticeBatchDone:
		return "/batches/" + n.Object
	case plaza.NoticeImportDone, plaza.NoticeImportFailed:
		return "/imports/" + n.Object
	case plaza.NoticeLicenseEnds, plaza.NoticeLicenseCame:
		return "/licenses/" + n.Object
	case plaza.NoticeStatement:
		return "/statements/" + n.Object + "/" + n.About
	case plaza.NoticeLicenseGone:
		return "/licenses"
	case plaza.NoticeLicensesEnd:
		return "/licenses?sort=ends&state=active%2Cexpiring"
	case plaza.NoticeMoveAsked, plaza.NoticeMoveDone, plaza.NoticeMoveDeclined, plaza.NoticeMoveWithdrawn:
		return "/moves/" + n.Object
	case plaza.NoticeMoved:
		return "/access"
	case plaza.NoticeWebhookPaused:
		return "/webhooks/" + n.Object
	case plaza.NoticeTokenExpires:
		return "/tokens/" + n.Object
	case plaza.NoticeTokensExpire:
		return "/tokens?sort=expires"
	}
	return "/"
}

func noticeIcon(k plaza.NoticeKind) string {
	switch k {
	case plaza.NoticeRequestMade, plaza.NoticeRequestComment, plaza.NoticeRequestSecond:
		return "inbox"
	case plaza.NoticeLicenseEnds, plaza.NoticeLicensesEnd, plaza.NoticeLicenseCame, plaza.NoticeLicenseGone:
		return "certificate"
	case plaza.NoticeStatement:
		return "receipt"
	case plaza.NoticeRequestApproved:
		return "circle-check"
	case plaza.NoticeRequestDeclined:
		return "circle-x"
	case plaza.NoticeActingStarted:
		return "eye"
	case plaza.NoticeGlassBroken, plaza.NoticeAgentCloned:
		return "alert-triangle"
	case plaza.NoticeConsentAsked:
		return "shield"
	case plaza.NoticeConsentGranted:
		return "circle-check"
	case plaza.NoticeConsentRefused:
		return "circle-x"
	case plaza.NoticeLoginAccepted:
		return "user-check"
	case plaza.NoticeAgentSilent, plaza.NoticeAgentsSilent:
		return "wifi-off"
	case plaza.NoticeAgentBack, plaza.NoticeAgentsBack:
		return "heartbeat"
	case plaza.NoticeAllowanceNear, plaza.NoticeAllowanceFull:
		return "adjustments"
	case plaza.NoticeBatchDone, plaza.NoticeImportDone:
		return "check"
	case plaza.NoticeImportFailed:
		return "alert-triangle"
	case plaza.NoticeMoveAsked, plaza.NoticeMoveDone, plaza.NoticeMoveDeclined, plaza.NoticeMoveWithdrawn, plaza.NoticeMoved:
		return "arrows-exchange"
	case plaza.NoticeWebhookPaused:
		return "webhook"
	case plaza.NoticeTokenExpires, plaza.NoticeTokensExpire:
		return "key"
	}
	return "bell"
}

// noticeText returns what a notice says.
func (f Frame) noticeText(n plaza.Notice) string {
	about := n.About
	if about == "" {
		about = f.T("notice.without_name")
	}
	return f.Say(n.Kind.Text(about))
}

// unread returns how many of the notices shown are new.
func (p Notices) unread() (n int) {
	for _, notice := range p.List.Rows {
		if notice.Read.IsZero() {
			n++
		}
	}
	return n
}
