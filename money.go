package plaza

import (
	"slices"
	"strconv"
	"strings"
)

// Currency is the code of a currency (ISO 4217).
type Currency string

// Currencies returns the currencies that Plaza counts in, in the order people
// choose from. Each has hundredths.
func Currencies() []Currency {
	return []Currency{"EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN"}
}

// hundredths is how many minor units make one of a currency.
const hundredths = 100

// maxPrice limits what anything may cost in minor units, so that a sum over all
// licenses there can be fits into an integer.
const maxPrice = 100_000_000

// Money is an amount, in minor units of its currency: cents.
type Money struct {
	Currency Currency `json:"currency"`
	Minor    int64    `json:"minor"`
}

// Decimal returns m's amount as people write it without a language: 12.50.
func (m Money) Decimal() string {
	sign, minor := "", m.Minor
	if minor < 0 {
		sign, minor = "-", -minor
	}
	rest := strconv.FormatInt(minor%hundredths, 10)
	return sign + strconv.FormatInt(minor/hundredths, 10) + "." + strings.Repeat("0", 2-len(rest)) + rest
}

// ParseMinor returns how many minor units an amount is that somebody typed, with a
// point or a comma before the hundredths, and whether it is one: not below zero,
// and not of more than a person could mean.
func ParseMinor(text string) (minor int64, ok bool) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	whole, part, found := strings.Cut(text, ".")
	if whole == "" || len(whole) > 9 || strings.Trim(whole+part, digits) != "" || len(part) > 2 || found && part == "" {
		return 0, false
	}
	minor, err := strconv.ParseInt(whole+part+strings.Repeat("0", 2-len(part)), 10, 64)
	return minor, err == nil && minor <= maxPrice
}

// SortMoney sorts amounts in the order of [Currencies].
func SortMoney(all []Money) {
	slices.SortFunc(all, func(a, b Money) int {
		return slices.Index(Currencies(), a.Currency) - slices.Index(Currencies(), b.Currency)
	})
}

// money notes that each amount is one that something may cost, and that each
// currency occurs once.
func (p problems) money(field string, all []Money) {
	seen := map[Currency]bool{}
	for _, m := range all {
		if !slices.Contains(Currencies(), m.Currency) || seen[m.Currency] || m.Minor < 0 || m.Minor > maxPrice {
			p.add(field, "problem.money")
		}
		seen[m.Currency] = true
	}
}
