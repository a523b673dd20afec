package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) alarmOperations() {
	op(s, plaza.AgentRead, huma.Operation{
		OperationID: "get-alarm", Summary: "See who is told when a ConnectAgent falls silent", Method: http.MethodGet, Path: agents + "/{id}/alarm",
	}, s.getAlarm)
	op(s, plaza.AgentAlarms, huma.Operation{
		OperationID: "set-alarm", Summary: "Say who is told when a ConnectAgent falls silent", Method: http.MethodPut, Path: agents + "/{id}/alarm",
	}, s.setAlarm)
}

// alarm is a [plaza.AgentAlarm] on the wire.
type alarm struct {
	On       bool       `json:"on"`
	Minutes  int        `json:"minutes"   doc:"Of silence, after which somebody is told"`
	Address  string     `json:"address"   doc:"That a mail goes to"`
	RaisedAt *time.Time `json:"raised_at" doc:"Since when it is known to be silent"`
	Version  int        `json:"version"   doc:"0: there never was one"`
}

func (s *API) getAlarm(ctx context.Context, actor plaza.Actor, in *read) (*answer[alarm], error) {
	return s.alarmAnswer(ctx, actor, in.id(), nil)
}

// alarmAnswer answers with the alarm of a ConnectAgent as it is now, unless what was done
// to it failed.
func (s *API) alarmAnswer(ctx context.Context, actor plaza.Actor, agent string, err error) (*answer[alarm], error) {
	if err != nil {
		return nil, err
	}
	if _, err := s.app.Agent(ctx, seeing(actor, plaza.AgentRead), agent); err != nil {
		return nil, err // there is no alarm of what there is not
	}
	a, err := s.app.Alarm(ctx, seeing(actor, plaza.AgentRead), agent)
	return &answer[alarm]{etag(a.Version), alarm{
		On: a.After > 0, Minutes: int(a.After / time.Minute), Address: a.Address, RaisedAt: at(a.Raised), Version: a.Version,
	}}, err
}

type setAlarmIn struct {
	Change

	Body struct {
		On      bool   `json:"on"`
		Minutes int    `json:"minutes,omitempty" default:"5" doc:"Of silence: 2 to 1440"`
		Address string `json:"address,omitempty" doc:"That a mail goes to; without it, the support address of the profile"`
	}
}

func (s *API) setAlarm(ctx context.Context, actor plaza.Actor, in *setAlarmIn) (*answer[alarm], error) {
	version, err := s.version(ctx, in.Change, func() (int, error) {
		a, err := s.app.Alarm(ctx, seeing(actor, plaza.AgentRead), in.id())
		return a.Version, err
	})
	if err == nil {
		err = s.app.SetAlarm(ctx, actor, in.id(), plaza.AlarmEdit{On: in.Body.On, Minutes: in.Body.Minutes, Address: in.Body.Address, Version: version})
	}
	return s.alarmAnswer(ctx, actor, in.id(), err)
}
