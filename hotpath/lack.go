package hotpath

import (
	"asbru/core"
	"asbru/hotpath/http1"
)

// wants names what a client asks for with an operation, as in "provider x has no embeddings".
// OpPass is missing: its path says what it is.
var wants = [core.NumOps]string{
	core.OpChat:       "conversations",
	core.OpCompletion: "legacy completions",
	core.OpResponses:  "conversations",
	core.OpEmbed:      "embeddings",
	core.OpInvoke:     "conversations",
	core.OpRerank:     "reranking",
	core.OpCount:      "counting of tokens",
	core.OpRealtime:   "realtime WebSocket that speaks the client's format",
}

// lacks makes the fault for a request that no target could be asked: the targets of its route do
// not have the operation, or none of their keys is for the model. The client need not retry
// either.
func (f *flight) lacks() {
	x := &f.x
	for _, t := range x.Route.Targets {
		if face, _ := t.Face(x.From, x.Op, x.Name); face != nil {
			refuse(x, core.NotFound, "no key of "+t.Provider+" is for the model "+quote(x.Peek.Model), "ask another model, or an administrator for a key that may serve it")
			x.Fault.Kind, x.Fault.Param = "model_not_found", "model"
			return
		}
	}
	msg := append([]byte("the request cannot be carried out by "), f.provider()...)
	hint := "ask a model of another provider"
	switch {
	case x.Op != core.OpPass:
		msg = append(append(msg, ": it has no "...), wants[x.Op]...)
	case f.cut || len(f.named) == 0:
		msg = append(append(msg, ": it has nothing like "...), quote(x.Path)...)
		hint = "name a provider that has it in the header x-model-provider, or a model of one"
	default:
		msg = append(append(msg, ": it has nothing like "...), quote(x.Path[f.spot.End:])...)
	}
	refuse(x, core.Invalid, string(msg), hint)
}

// provider names the provider that would have been asked, and says so if there were several.
func (f *flight) provider() []byte {
	all := f.x.Route.Targets
	if len(all) == 0 {
		return []byte("nobody")
	}
	name := append([]byte(nil), all[0].Provider...)
	if n := len(all) - 1; n > 0 {
		name = http1.AppendUint(append(name, " or any of "...), uint64(n))
		name = append(name, " others"...)
	}
	return name
}
