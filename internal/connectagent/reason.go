package connectagent

// Codes that the agent acts upon.
const (
	codeValid         = "VALID"
	codeTaken         = "FINGERPRINT_TAKEN"
	codeDead          = "MACHINE_HEARTBEAT_DEAD"
	codeNotFound      = "NOT_FOUND"
	codeNoMachine     = "NO_MACHINE"
	codeNoMachines    = "NO_MACHINES"
	codeMismatch      = "FINGERPRINT_SCOPE_MISMATCH"
	codeNotStarted    = "HEARTBEAT_NOT_STARTED"
	codeHeartbeatDead = "HEARTBEAT_DEAD"
)

// reasons says in plain words why an agent does not work, by the code that the
// server gave (agent API 5.2 and 6).
var reasons = map[string]string{ //nolint:gochecknoglobals // a constant table
	codeValid: "The license is valid.",

	"BANNED":     "The owner of this license is blocked. Contact whoever supplied the license.",
	"SUSPENDED":  "This license is suspended. Contact whoever supplied the license.",
	"EXPIRED":    "This license has expired. Have it renewed.",
	"OVERDUE":    "This license has not been checked in for too long. Contact whoever supplied the license.",
	codeNotFound: "The server does not know this license. It may have ended: ask for a new key.",

	"ENVIRONMENT_SCOPE_MISMATCH": "This license is for another environment.",
	"PRODUCT_SCOPE_MISMATCH":     "This license is for another product. Check the product in the configuration.",
	"PRODUCT_SCOPE_REQUIRED":     "The license asks for a product. Check the product in the configuration.",
	"POLICY_SCOPE_MISMATCH":      "This license is under another plan than the one that was asked for.",
	"POLICY_SCOPE_REQUIRED":      "The license asks for a plan, which this ConnectAgent does not name. Install a newer version.",
	"USER_SCOPE_MISMATCH":        "This license belongs to another user.",
	"ENTITLEMENTS_SCOPE_EMPTY":   "No module was asked for. Install a newer version of ConnectAgent.",
	"ENTITLEMENTS_MISSING":       "This license lacks a module that is needed here.",

	codeNoMachine:                "This license is not activated on any machine yet.",
	codeNoMachines:               "This license is not activated on any machine yet.",
	codeMismatch:                 "This license is activated on other machines, and not on this one.",
	"MACHINE_SCOPE_MISMATCH":     "The activation belongs to another license.",
	"MACHINE_SCOPE_REQUIRED":     "The license asks for an activation. Install a newer version of ConnectAgent.",
	codeNotStarted:               "The server has not had a heartbeat from this machine yet.",
	codeHeartbeatDead:            "The server has not heard of this machine for too long.",
	"FINGERPRINT_SCOPE_EMPTY":    "The fingerprint of this machine is empty. Check the fingerprint in the configuration.",
	"FINGERPRINT_SCOPE_REQUIRED": "The license asks for the fingerprint of this machine. Install a newer version of ConnectAgent.",
	"COMPONENTS_SCOPE_EMPTY":     "The license asks for parts of this machine, and none were named.",
	"COMPONENTS_SCOPE_MISMATCH":  "The parts of this machine are others than those that were activated.",
	"COMPONENTS_SCOPE_REQUIRED":  "The license asks for parts of this machine. Install a newer version of ConnectAgent.",
	"CHECKSUM_SCOPE_MISMATCH":    "This ConnectAgent is not one that was published. Install it again.",
	"CHECKSUM_SCOPE_REQUIRED":    "The license asks for the checksum of ConnectAgent. Install a newer version.",
	"VERSION_SCOPE_MISMATCH":     "This license does not cover this version of ConnectAgent. Install one that it covers.",
	"VERSION_SCOPE_REQUIRED":     "The license asks for the version of ConnectAgent. Install a newer version.",

	"TOO_MANY_USERS":     "This license has more users than it allows.",
	"TOO_MANY_MACHINES":  "This license is activated on more machines than it allows. Release one, or have seats added.",
	"TOO_MANY_CORES":     "The machines of this license have more processor cores than it allows.",
	"TOO_MUCH_MEMORY":    "The machines of this license have more memory than it allows.",
	"TOO_MUCH_DISK":      "The machines of this license have more disk space than it allows.",
	"TOO_MANY_PROCESSES": "More integration processes run than this license allows.",

	"TOKEN_MISSING":        "The server got no license key. Check licenseKey in the configuration.",
	"TOKEN_FORMAT_INVALID": "The license key is not one. Check licenseKey in the configuration.",
	"TOKEN_INVALID":        "The server does not know this license key. Check licenseKey in the configuration.",
	"TOKEN_EXPIRED":        "The license key has expired. Ask for a new one.",
	"TOKEN_NOT_ALLOWED":    "This license does not allow keys of this kind. Contact whoever supplied the license.",
	"LICENSE_INVALID":      "The server does not know this license key. The license may have ended: check licenseKey in the configuration, or ask for a new one.",
	"LICENSE_BANNED":       "The owner of this license is blocked. Contact whoever supplied the license.",
	"LICENSE_SUSPENDED":    "This license is suspended. Contact whoever supplied the license.",
	"LICENSE_EXPIRED":      "This license has expired. Have it renewed.",
	"LICENSE_NOT_ALLOWED":  "This license cannot be used with its key. Contact whoever supplied the license.",
	"FORBIDDEN":            "The server does not allow this to the license. Contact whoever supplied the license.",

	codeTaken:                     "This machine is activated with another license. Release it there first.",
	"FINGERPRINT_CONFLICT":        "The fingerprint of this machine is not one that can be used. Give the configuration another.",
	"FINGERPRINT_NOT_ALLOWED":     "The fingerprint of this machine is not one that can be used. Give the configuration another.",
	"FINGERPRINT_TOO_LONG":        "The fingerprint of this machine is too long. Give the configuration another.",
	"MACHINE_LIMIT_EXCEEDED":      "All seats of this license are taken. Release another machine, or have seats added.",
	"MACHINE_CORE_LIMIT_EXCEEDED": "This machine has more processor cores than the license has left.",
	codeDead:                      "The server has not heard of this machine for too long.",
}

// Reasons of the agent itself; the server gives none of these.
const (
	whyStarting = "It has not been in touch with the server yet."
	whyNoFile   = "The server cannot be reached, and there is no machine file to work on."
	whyGrace    = "The server could not be reached for longer than the license allows. Connect it to the server."
	whyExpired  = "The license has expired, and the server cannot be reached. Have it renewed, and connect to the server."
	whyFileOver = "The machine file has expired. Connect to the server, or install a new answer file."
	whyClock    = "The clock of this machine was set back, or was fast before. Put it right, and connect to the server once or install a new answer file."
	whyBroken   = "The state file was changed, or comes from another machine or license. Connect to the server once, or install the answer file again."
)

// reason returns a plain sentence for a code of the server.
func reason(code string) string {
	if s, ok := reasons[code]; ok {
		return s
	}
	return "The server refuses (" + code + "). Contact whoever supplied the license."
}
