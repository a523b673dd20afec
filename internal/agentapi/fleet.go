package agentapi

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// fleet is what the door asks: an [app.Fleet]. An error is a [plaza.Refusal] where
// an agent can do something about it.
type fleet interface {
	Wire() app.Wire
	Now() time.Time
	AppendSignature(b, text []byte) []byte
	SealFile(kind licensekey.FileKind, plaintext []byte, secret string) []byte

	Identify(ctx context.Context, key string, from plaza.Origin) (*app.Bearer, error)
	Check(ctx context.Context, b *app.Bearer, scope plaza.CheckScope, bare bool) (plaza.Verdict, time.Time, error)
	CheckKey(ctx context.Context, key string, scope plaza.CheckScope, from plaza.Origin) (*app.Bearer, plaza.Verdict, time.Time, error)
	Checked(b *app.Bearer) time.Time
	CheckOut(ctx context.Context, b *app.Bearer, machine string) (plaza.Activation, time.Time, error)

	Machine(ctx context.Context, b *app.Bearer, name string) (plaza.Activation, error)
	Machines(b *app.Bearer) []plaza.Activation
	AllMachines(ctx context.Context, b *app.Bearer) ([]plaza.Activation, error)
	Activate(ctx context.Context, b *app.Bearer, in plaza.NewActivation) (plaza.Activation, error)
	Describe(ctx context.Context, b *app.Bearer, name string, e plaza.ActivationEdit) (plaza.Activation, error)
	Deactivate(ctx context.Context, b *app.Bearer, name string) error
	Ping(ctx context.Context, b *app.Bearer, name string, beat heartbeat.Beat) (app.Pong, error)
	Goodbye(ctx context.Context, b *app.Bearer, name string) (plaza.Activation, error)

	Components(ctx context.Context, b *app.Bearer, machine string) ([]plaza.Component, error)
	Component(ctx context.Context, b *app.Bearer, id string) (plaza.Component, error)
	AddComponent(ctx context.Context, b *app.Bearer, machine string, in plaza.NewComponent) (plaza.Component, error)
	RenameComponent(ctx context.Context, b *app.Bearer, id string, name *string) (plaza.Component, error)
	RemoveComponent(ctx context.Context, b *app.Bearer, id string) error

	Processes(ctx context.Context, b *app.Bearer, machine string) ([]plaza.Process, error)
	Process(ctx context.Context, b *app.Bearer, id string) (plaza.Process, error)
	Spawn(ctx context.Context, b *app.Bearer, machine, pid, metadata string) (plaza.Process, error)
	PingProcess(ctx context.Context, b *app.Bearer, id string) (plaza.Process, plaza.HeartbeatStatus, error)
	EndProcess(ctx context.Context, b *app.Bearer, id string) error

	Report(ctx context.Context, b *app.Bearer, machine string, r plaza.Report) (plaza.Activation, error)

	Release(ctx context.Context, b *app.Bearer, idOrVersion string) (plaza.Release, error)
	Upgrade(ctx context.Context, b *app.Bearer, q plaza.UpgradeQuery) (r plaza.Release, current, next string, err error)
	Artifacts(ctx context.Context, b *app.Bearer, release string, filter plaza.ArtifactFilter) ([]plaza.Artifact, error)
	Artifact(ctx context.Context, b *app.Bearer, release, idOrName string) (a plaza.Artifact, address string, err error)
}
