package hotpath

import "asbru/core"

// salvage ends an exchange that a panic kept from finish: the stages of After give back what it
// holds of budgets and limits, and let those go who wait for its answer. Without them that would be
// gone until the next start. It does nothing for one that finish has had, or that was not decided
// about; a panic of a stage ends it.
func (s *Server) salvage(f *flight) {
	x := &f.x
	if x.Plan == nil || f.ending {
		return
	}
	defer func() { recover() }() // the first panic was told
	f.ending = true
	if x.Fault == nil {
		refuse(x, core.Internal, "the gateway failed while it carried out the request", "try again; the log says more")
	}
	core.Conclude(x, x.Plan.After)
}
