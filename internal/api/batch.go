package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const batches = Prefix + "/batches"

func (s *API) batchOperations() {
	op(s, plaza.BatchRead, huma.Operation{
		OperationID: "list-batches", Summary: "List work on many things", Method: http.MethodGet, Path: batches,
	}, s.listBatches)
	op(s, plaza.BatchStart, huma.Operation{
		OperationID: "start-batch", Summary: "Do the same to many licenses", Method: http.MethodPost, Path: batches, DefaultStatus: http.StatusAccepted,
		Description: "Up to 10,000 licenses. It goes on by itself; each is done once, and what cannot be done to one is told and keeps no other from being done, unless it is to be done to all or none. " +
			"A license that is in no reach fails the request as a whole. Needs the verb of what is done to each, too: `license.renew`, `license.suspend`, `license.resume` or `license.end`.",
	}, s.startBatch)
	op(s, plaza.BatchRead, huma.Operation{
		OperationID: "get-batch", Summary: "See how far work on many things is", Method: http.MethodGet, Path: batches + "/{id}",
	}, s.getBatch)
}

// batch is a [plaza.Batch] on the wire.
type batch struct {
	ID         string         `json:"id"`
	Kind       string         `json:"kind"        enum:"renew,issue,agents,edition,suspend,resume,end"`
	Reason     string         `json:"reason"`
	Whole      bool           `json:"whole"       doc:"It is done to all of them or to none"`
	CreatedAt  time.Time      `json:"created_at"`
	FinishedAt *time.Time     `json:"finished_at" doc:"null while it goes on"`
	Total      int            `json:"total"`
	Done       int            `json:"done"`
	Failed     int            `json:"failed"`
	Problems   []batchProblem `json:"problems"    doc:"The first of those that failed; in a list, none"`
}

// batchProblem is what of a batch failed, and why.
type batchProblem struct {
	Object string `json:"object" doc:"ID; empty if it is not in reach any more"`
	Name   string `json:"name"`
	Detail string `json:"detail" doc:"Why"`
}

func wireBatch(b plaza.Batch) batch {
	return batch{
		ID: b.ID, Kind: string(b.Kind), Reason: b.Reason, Whole: b.Whole, CreatedAt: b.Created.UTC(), FinishedAt: at(b.Finished), Total: b.Total, Done: b.Done, Failed: b.Failed, Problems: []batchProblem{},
	}
}

type listBatchesIn struct {
	Leaf

	Sort string `query:"sort" enum:"created,-created" doc:"Order; with - from the end"`
}

func (s *API) listBatches(ctx context.Context, actor plaza.Actor, in *listBatchesIn) (*listOut[batch], error) {
	list, err := s.app.Batches(ctx, actor, in.page(in.Sort))
	return wireList(list, wireBatch), err
}

type startBatchIn struct {
	Body struct {
		Kind     string   `json:"kind"             enum:"renew,suspend,resume,end"`
		Licenses []string `json:"licenses"         minItems:"1" maxItems:"10000" doc:"IDs"`
		Reason   string   `json:"reason,omitempty" doc:"Needed to suspend or end them"`
		Whole    bool     `json:"whole,omitempty"  doc:"To all of them or to none: up to 1,000, and not to end them"`
	}
}

func (s *API) startBatch(ctx context.Context, actor plaza.Actor, in *startBatchIn) (*created[batch], error) {
	b := in.Body
	made, err := s.app.ChangeLicenses(ctx, actor, plaza.Bulk{Kind: plaza.BatchKind(b.Kind), Licenses: b.Licenses, Reason: b.Reason, Again: len(b.Licenses), Whole: b.Whole})
	if err != nil {
		return nil, err
	}
	return &created[batch]{"", wireBatch(made), batches + "/" + made.ID}, nil
}

func (s *API) getBatch(ctx context.Context, actor plaza.Actor, in *read) (*answer[batch], error) {
	b, failed, err := s.app.Batch(ctx, actor, in.id())
	if err != nil {
		return nil, err
	}
	language, _ := ctx.Value(languageKey{}).(string)
	say := s.texts.Printer(language, nil).Say
	out := &answer[batch]{"", wireBatch(b)}
	for _, f := range failed {
		out.Body.Problems = append(out.Body.Problems, batchProblem{f.Object, f.Name, say(f.Why)})
	}
	return out, nil
}
