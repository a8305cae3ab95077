package build

import (
	"asbru/core"
	"asbru/core/config"
)

// Accounts returns the account names of one holder's budgets, in their order. kind is
// key, team, customer, provider, model or everybody, which has no name.
func Accounts(kind, name string, list []config.Budget) []string {
	bare := make([]config.Budget, len(list))
	for i, b := range list {
		bare[i] = config.Budget{Name: b.Name, Window: b.Window}
	}
	names := make([]string, len(list))
	for i, b := range budgetsOf(nil, &core.Snapshot{}, kind, name, bare) {
		names[i] = b.Account
	}
	return names
}
