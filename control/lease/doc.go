// Package lease lets several machines pay from the same budgets. Each has of a budget what it
// was granted by a Postgres that they share, and spends that without asking anybody; when it is used
// up, holds wait a moment for more. What is left shrinks the slices, down to exactly what a call
// needs, and when nothing is left, machines are asked to give back what they do not use.
//
//	hold lacks money ──▶ Desk ──▶ Agent: one transaction ──▶ granted: asked again
//	                                        ├─ others have some idle: recall, ask again
//	                                        └─ spent everywhere: refused, with the figures of all
//
// The sum of what was granted never passes a cap, and no machine spends more than it was granted:
// so no cap is passed, whoever crashes, hangs or is cut off. What a machine is granted is written
// down before it is told to holds, and what it gives back is taken from holds before that is written
// down.
//
// The package refuses to take anything away from a machine that does not answer, and to touch money
// that calls hold.
package lease
