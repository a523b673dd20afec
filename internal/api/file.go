package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) fileOperations() {
	op(s, plaza.FileCheckOut, huma.Operation{
		OperationID: "check-out-license", Summary: "Make the license file of a ConnectAgent", Method: http.MethodPost, Path: agents + "/{id}/license-file", DefaultStatus: http.StatusCreated,
		Description: "A signed document that says without a server what its license allows. Nothing recalls it.",
	}, s.checkOutLicense)
	op(s, plaza.FileCheckOut, huma.Operation{
		OperationID: "activate-offline", Summary: "Activate a machine that reaches no server", Method: http.MethodPost, Path: agents + "/{id}/machine-file", DefaultStatus: http.StatusCreated,
		Description: "By the request that its ConnectAgent wrote. Nothing recalls the file.",
	}, s.activateOffline)
}

// file is a [plaza.File] on the wire.
type file struct {
	Name string `json:"name"`
	Text string `json:"text" doc:"What stands in it, to the letter"`
}

type fileOut struct {
	Body file
}

type checkOutLicenseIn struct {
	One

	Body struct {
		Days      int  `json:"days,omitempty"      default:"30" doc:"That it is good for"`
		Encrypted bool `json:"encrypted,omitempty" doc:"To be read with the license key only"`
		Modules   bool `json:"modules,omitempty"   doc:"It says which modules are included"`
	}
}

func (s *API) checkOutLicense(ctx context.Context, actor plaza.Actor, in *checkOutLicenseIn) (*fileOut, error) {
	b := in.Body
	f, err := s.app.CheckOutLicense(ctx, actor, in.id(), plaza.NewFile{Encrypted: b.Encrypted, Days: b.Days, Entitlements: b.Modules})
	return &fileOut{file{f.Name, string(f.Data)}}, err
}

type activateOfflineIn struct {
	One

	Body struct {
		Request string `json:"request"        doc:"What the ConnectAgent wrote, to the letter"`
		Days    int    `json:"days,omitempty" default:"30" doc:"That the file is good for"`
	}
}

func (s *API) activateOffline(ctx context.Context, actor plaza.Actor, in *activateOfflineIn) (*fileOut, error) {
	f, err := s.app.ActivateOffline(ctx, actor, in.id(), plaza.NewOffline{Request: in.Body.Request, Days: in.Body.Days})
	return &fileOut{file{f.Name, string(f.Data)}}, err
}
