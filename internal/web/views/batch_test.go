package views

import (
	"github.com/connectplaza/plaza"
)

func batchPages(f Frame) [][2]Page {
	b := plaza.Batch{
		ID: hostile, Profile: hostile, ProfileName: hostile, Login: hostile, LoginName: hostile, Kind: plaza.BatchRenew, Reason: hostile,
		Created: noon(), Total: 10, Done: 3, Failed: 2,
	}
	finished := b
	finished.Finished, finished.Done = noon(), 8
	made := finished
	made.Kind, made.Input = plaza.BatchIssue, plaza.BatchInput{License: &plaza.NewLicense{Profile: hostile, Name: hostile}}
	made.Holder, made.Input.Plan = hostile, hostile
	would := plaza.BulkOutlook{
		Bulk: plaza.Bulk{Kind: plaza.BatchRenew, Licenses: []string{hostile, "2", "3", "4"}}, Able: 1, From: noon(), Till: noon(), Agents: 2,
		Lines:  []plaza.BulkLine{{Before: hostileLicense(), After: hostileLicense()}, {Before: hostileLicense(), Why: plaza.T("license.endless")}},
		Unable: []plaza.Unable{{Why: plaza.T("license.endless"), Count: 1}},
	}
	grave := would
	grave.Kind = plaza.BatchEnd
	edition := plaza.Batch{Kind: plaza.BatchEdition, Input: plaza.BatchInput{Plan: hostile}, Total: 2, Created: noon()}
	failed := []plaza.BatchProblem{{Object: hostile, Name: hostile, Why: plaza.T("license.too_far", "Years", 15)}, {Object: "2", Why: plaza.T("error.not_found")}}
	return [][2]Page{
		{Bulk{Frame: f, Would: plaza.BulkOutlook{Bulk: plaza.Bulk{Kind: plaza.BatchRenew}}}, Bulk{Frame: f, Would: would, Form: hostileForm("reason")}},
		{Bulk{Frame: f, Would: plaza.BulkOutlook{Bulk: plaza.Bulk{Kind: plaza.BatchEnd}}}, Bulk{Frame: f, Would: grave, Form: hostileForm("reason")}},
		{Batch{Frame: f, Batch: edition}, Batch{Frame: f, Batch: edition, Failed: failed}},
		{Batches{Frame: f}, Batches{Frame: f, Listing: hostileListing("/batches"), List: plaza.List[plaza.Batch]{Rows: []plaza.Batch{b, made, finished}, Total: 3}}},
		{Batch{Frame: f, Batch: plaza.Batch{Kind: plaza.BatchRenew}}, Batch{Frame: f, Batch: b, Failed: failed}},
		{Batch{Frame: f, Batch: made}, Batch{Frame: f, Batch: made, Failed: failed}},
		{Edition{Frame: f}, Edition{Frame: f, Plan: hostilePlan(), Older: []plaza.EditionCount{{Edition: 1, Count: 2}}, Form: hostileForm("reason")}},
		{Batch{Frame: f, Batch: finished}, Batch{Frame: f, Batch: finished, Failed: failed, Done: []plaza.License{hostileLicense(), hostileLicense()}}},
	}
}
