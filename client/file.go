package client

import "context"

// File is what stands in a file, to the letter.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// LicenseFile says what a license file is to be.
type LicenseFile struct {
	Days      int  `json:"days,omitempty"`      // that it is good for
	Encrypted bool `json:"encrypted,omitempty"` // to be read with the license key only
	Modules   bool `json:"modules,omitempty"`   // it says which modules are included
}

// CheckOutLicense makes the license file of a ConnectAgent.
func (c *Client) CheckOutLicense(ctx context.Context, agent string, in LicenseFile) (File, error) {
	return thing[File](ctx, c, making(at(agents, agent, "license-file"), in))
}

// OfflineRequest is what a ConnectAgent wrote that reaches no server.
type OfflineRequest struct {
	Request string `json:"request"` // to the letter
	Days    int    `json:"days,omitempty"`
}

// ActivateOffline activates a machine that reaches no server, and makes its machine file.
func (c *Client) ActivateOffline(ctx context.Context, agent string, in OfflineRequest) (File, error) {
	return thing[File](ctx, c, making(at(agents, agent, "machine-file"), in))
}
