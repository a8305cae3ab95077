package build

import (
	"time"

	"asbru/core"
	"asbru/core/audit"
	"asbru/core/ledger"
)

// An Auditor delivers the ledger's records to the audit trail.
type Auditor interface {
	// Trouble returns why no call may be accepted, because its record could not be kept; nil: it can.
	Trouble() error

	// Content keeps the prompt of x, if that is configured. It neither waits nor retains x.
	Content(x *core.Exchange)
}

// audited reports whether calls are recorded: the document asks for it, or there is a ledger anyway.
func (c *compiler) audited() bool {
	a := c.doc.Audit
	return (a == nil || !a.Off) && (a != nil || c.budgeted())
}

// openTrail opens the audit trail, once the ledger is open.
func (c *compiler) openTrail() {
	if !c.money.audited || c.deps.OpenTrail == nil {
		return
	}
	a, err := c.deps.OpenTrail()
	if err != nil {
		c.fail("audit", err.Error(), "")
		return
	}
	c.money.auditor = a
}

// untrailed returns the fault of a call whose record could not be kept; nil: it can.
func (m *money) untrailed() *core.Fault {
	if m.auditor == nil {
		return nil
	}
	err := m.auditor.Trouble()
	if err == nil {
		return nil
	}
	return &core.Fault{
		Code: core.Overloaded, Retry: ledgerRetry, Cause: err,
		Message: "cannot start the request: it could not be written down", Hint: "try again in a moment; the operator's log says why",
	}
}

// note packs the audit record of x, which ended as e says, as the payload of its end. It sets e.Status.
func (m *money) note(dst []byte, x *core.Exchange, e *audit.End) []byte {
	if !m.audited {
		return nil
	}
	e.Status = statusOf(x)
	return audit.AppendCall(dst, x, e)
}

// most is the greatest length of a note.
func (m *money) most() int {
	if !m.audited {
		return 0
	}
	return audit.MaxCall
}

// unheld records a call for which nothing was held, because it was refused or answered from memory.
func (m *money) unheld(x *core.Exchange) {
	if m == nil || !m.audited {
		return
	}
	now, before := time.Now().UnixNano(), audit.Look(x)
	var room [usualNote]byte
	m.till.Write(&ledger.Record{Kind: ledger.Audit, ID: x.ID, Time: now, Payload: m.note(room[:0], x, &audit.End{Before: &before, Cost: x.Cost, Time: now, Clock: core.Clock()})})
}

// content passes the prompt of x on to the auditor.
func (m *money) content(x *core.Exchange) {
	if m != nil && m.auditor != nil {
		m.auditor.Content(x)
	}
}

// statusOf returns the status that the client of x saw, or would have seen.
func statusOf(x *core.Exchange) int {
	switch a := x.Attempts(); {
	case x.Fault != nil:
		return x.Fault.HTTP()
	case x.Reply.Status != 0:
		return x.Reply.Status
	case len(a) > 0:
		return a[len(a)-1].Status
	}
	return 0
}
