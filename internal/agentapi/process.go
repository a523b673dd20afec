package agentapi

import (
	"context"
	"net/http"

	"github.com/connectplaza/plaza"
)

func listProcesses(ctx context.Context, e *exchange) error {
	p, err := e.page()
	if err != nil {
		return err
	}
	all, err := e.api.Fleet.Processes(ctx, e.bearer, e.machineOf())
	if err != nil {
		return err
	}
	list(e, p, all, func(one *plaza.Process) { e.process(one, "") })
	return nil
}

func showProcess(ctx context.Context, e *exchange) error {
	machine, id, err := e.within(ctx)
	if err != nil {
		return err
	}
	one, err := e.api.Fleet.Process(ctx, e.bearer, id)
	if err == nil && machine != "" && one.Activation != machine {
		err = notFound()
	}
	return e.showingProcess(&one, "", err)
}

func (e *exchange) showingProcess(one *plaza.Process, status plaza.HeartbeatStatus, err error) error {
	if err != nil {
		return err
	}
	e.pen.data()
	e.process(one, status)
	e.pen.close()
	return nil
}

func spawn(ctx context.Context, e *exchange) error {
	var err error
	data := e.document(&err).data("process", "processes")
	said := data.needObject("attributes")
	pid, machine := said.need("pid"), data.related("machine", "machine", "machines")
	metadata := said.metadata()
	if err != nil {
		return err
	}
	one, err := e.api.Fleet.Spawn(ctx, e.bearer, machine, pid, metadata)
	e.status, e.location = http.StatusCreated, base+"processes/"+one.ID
	return e.showingProcess(&one, "", err)
}

func pingProcess(ctx context.Context, e *exchange) error {
	one, status, err := e.api.Fleet.PingProcess(ctx, e.bearer, e.params[0])
	return e.showingProcess(&one, status, err)
}

func endProcess(ctx context.Context, e *exchange) error {
	e.status = http.StatusNoContent
	return e.api.Fleet.EndProcess(ctx, e.bearer, e.params[0])
}

// process writes a process of one of the bearer's machines. A status stands for the
// one that follows from its last heartbeat.
func (e *exchange) process(one *plaza.Process, status plaza.HeartbeatStatus) {
	t, p := e.bearer.Standing.Terms, &e.pen
	if status == "" {
		status = one.Status(t, e.now)
	}
	p.resource("processes", one.ID)
	p.text("pid", one.PID)
	p.text("status", string(status))
	p.number("interval", int64(t.HeartbeatSeconds))
	p.metadata(one.Metadata)
	p.beat(one.Beat, t)
	p.stamps(one.Created, one.Updated)
	p.relationships()
	e.machinesThing(one.Activation)
	p.endResource()
}
