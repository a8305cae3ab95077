// Package lease lets several machines spend from the same budgets. Each machine spends what it was
// granted by a Postgres that they share, without asking anyone; when that is used
// up, holds wait a moment for more. The slices that are granted shrink with what is left, down to exactly
// what a call needs. When nothing is left, machines are asked to give back what they do not use.
//
//	hold lacks money ──▶ Desk ──▶ Agent: one transaction ──▶ granted: the hold is tried again
//	                                        ├─ others have idle money: recall it, try again
//	                                        └─ spent everywhere: refused, with everyone's figures
//
// The sum of all grants never exceeds a cap, and no machine spends more than it was granted.
// So no cap is exceeded, whoever crashes, hangs or loses its connection. A grant is
// committed before holds learn of it, and what is given back is taken from holds before that is
// committed.
//
// The package refuses to take anything from a machine that does not answer, to touch money
// held by calls, and to let a machine with a wrong clock begin a window for all.
package lease
