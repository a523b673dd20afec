package views

// lines returns what the transfer would do, a sentence each.
func (p LicenseTransfer) lines() []string {
	f, l, to := p.Frame, p.Transfer.License, p.Transfer.To
	all := []string{f.T("license.transfer_keeps")}
	if l.Agent != "" {
		all = append(all, f.T("license.transfer_agent", "Name", l.AgentName))
	}
	if p.Transfer.Alarm {
		all = append(all, f.T("license.transfer_alarm", "Name", l.ProfileName))
	}
	if p.Transfer.Revives {
		all = append(all, f.T("license.transfer_revives", "From", l.ProfileName, "To", to.Name))
	}
	if l.BillingID != "" {
		all = append(all, f.T("license.transfer_billing_id", "ID", l.BillingID))
	}
	if p.Transfer.Keeps {
		return append(all,
			f.T("license.transfer_sight_both", "From", l.ProfileName, "To", to.Name),
			f.T("license.transfer_billing_both", "From", l.ProfileName, "To", to.Name))
	}
	return append(all,
		f.T("license.transfer_sight", "From", l.ProfileName, "To", to.Name),
		f.T("license.transfer_key", "From", l.ProfileName),
		f.T("license.transfer_billing", "From", l.ProfileName, "To", to.Name))
}

// near returns which allowances the license would come near to, or use up.
func (p LicenseTransfer) near() (all []string) {
	for _, w := range p.Transfer.Near {
		if !w.Exceeded() { // of that, the clash says more
			all = append(all, p.Frame.allowanceThen(w))
		}
	}
	return all
}
