package agentapi

import (
	"mime"
	"net/http"
	"strings"
)

const (
	defaultVersion = "1.7"
	newestVersion  = "1.8"

	mediaAPI  = "application/vnd.api+json"
	mediaJSON = "application/json"
)

// readHeaders reads what the request says about how it wants to be answered
// (agent API 2.1).
func (e *exchange) readHeaders() error {
	e.plain = wantsPlain(e.r.Header.Get("Accept"))
	switch v := strings.TrimPrefix(e.r.Header.Get("Keygen-Version"), "v"); v {
	case "", defaultVersion:
	case newestVersion:
		e.version = newestVersion
	default:
		return badHeader(http.StatusBadRequest, "INVALID_API_VERSION", "Keygen-Version", "this version of the API is not supported; 1.7 and 1.8 are")
	}
	if e.r.Header.Get("Keygen-Environment") != "" {
		return badHeader(http.StatusBadRequest, "ENVIRONMENT_NOT_SUPPORTED", "Keygen-Environment", "there are no environments")
	}
	if !e.signs(e.r.Header.Get("Keygen-Accept-Signature")) {
		return badHeader(http.StatusBadRequest, "PARAMETER_INVALID", "Keygen-Accept-Signature", `answers are signed with algorithm="ed25519" by the one account only`)
	}
	return nil
}

// wantsPlain reports whether an answer is to be application/json: of what the
// client accepts the first that we know counts.
func wantsPlain(accept string) bool {
	for accept != "" {
		var one string
		one, accept, _ = strings.Cut(accept, ",")
		one, _, _ = strings.Cut(one, ";")
		switch one = strings.TrimSpace(one); {
		case strings.EqualFold(one, mediaAPI):
			return false
		case strings.EqualFold(one, mediaJSON):
			return true
		}
	}
	return false
}

// signs reports whether the signature that is asked for is the one that we give.
func (e *exchange) signs(asked string) bool {
	const ours = `algorithm="ed25519"`
	if asked == "" || asked == ours {
		return true
	}
	found := false
	for part := range strings.SplitSeq(asked, ",") {
		switch part = strings.TrimSpace(part); part {
		case ours:
			found = true
		case `keyid="` + e.wire.Account + `"`:
		default:
			return false
		}
	}
	return found
}

// mediaKnown reports whether a body of this type is read.
func mediaKnown(contentType string) bool {
	if contentType == "" || contentType == mediaAPI || contentType == mediaJSON {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == mediaAPI || kind == mediaJSON)
}
