package plaza

// MachineVerdict is what one machine of a ConnectAgent would be told if it asked
// now whether its license is valid.
type MachineVerdict struct {
	Verdict

	Machine Activation // zero: nothing is activated, and nothing is named
}

// Checkup is what a ConnectAgent would be told if it asked now.
type Checkup struct {
	License  License
	Verdicts []MachineVerdict // one for each machine that stands, the newest first; at least one
}

// CheckCodes returns every outcome that a check can have (agent API 5.2).
func CheckCodes() []CheckCode {
	return []CheckCode{
		CheckValid, CheckNotFound, CheckSuspended, CheckExpired, CheckNoMachine, CheckNoMachines,
		CheckTooManyMachines, CheckTooManyCores, CheckTooManyProcesses, CheckHeartbeatDead, CheckNotStarted,
		"ENVIRONMENT_SCOPE_MISMATCH", "PRODUCT_SCOPE_MISMATCH", "PRODUCT_SCOPE_REQUIRED", "POLICY_SCOPE_MISMATCH", "POLICY_SCOPE_REQUIRED",
		"USER_SCOPE_MISMATCH", "ENTITLEMENTS_SCOPE_EMPTY", "ENTITLEMENTS_MISSING", "MACHINE_SCOPE_MISMATCH", "MACHINE_SCOPE_REQUIRED",
		"FINGERPRINT_SCOPE_EMPTY", "FINGERPRINT_SCOPE_MISMATCH", "FINGERPRINT_SCOPE_REQUIRED", "COMPONENTS_SCOPE_EMPTY",
		"COMPONENTS_SCOPE_MISMATCH", "COMPONENTS_SCOPE_REQUIRED", "CHECKSUM_SCOPE_MISMATCH", "CHECKSUM_SCOPE_REQUIRED",
		"VERSION_SCOPE_MISMATCH", "VERSION_SCOPE_REQUIRED",
	}
}
