package core

// A SocketCodec is a dialect's face for conversations over a WebSocket. Messages pass as they
// are in both directions; what it reads of them is the model's name and what was used.
type SocketCodec struct {
	Names    []string // parameters of the query that name the model, in lower case; nil: the first message of the client does
	Secret   string   // parameter of the query that holds the caller's key, where the vendor's own clients have no other place for it; empty: none does
	Protocol string   // the subprotocol that its clients offer; empty: none

	// Peek reads the client's first message and finds the model: p.Model and p.ModelAt. It
	// refuses what two readers could read differently. nil: with Names.
	Peek func(msg []byte, p *Peek) *Fault

	// AppendFirst appends the client's first message with the name of the target's model in
	// it. nil: with Names.
	AppendFirst func(dst, msg []byte, p *Peek, model []byte) []byte

	// Dull reports, from the beginning of a server's message, that it tells nothing of
	// usage, so that sound need not be kept to be read.
	Dull func(start []byte) bool

	// Says reports, from the beginning of a server's message, that it has a piece of an answer.
	Says func(start []byte) bool

	// ReadTurn adds to u what a whole message of the server says was used.
	ReadTurn func(msg []byte, u *Usage)

	// AppendFault appends f as the message that tells a client why its socket ends; nil: the
	// close frame alone does.
	AppendFault func(dst []byte, f *Fault, id []byte) []byte
}

// Less is what u counts beyond v.
func (u *Usage) Less(v *Usage) Usage {
	w := *u
	w.In, w.CachedIn, w.Out, w.Reasoning = u.In-v.In, u.CachedIn-v.CachedIn, u.Out-v.Out, u.Reasoning-v.Reasoning
	w.WrittenIn, w.KeptIn = u.WrittenIn-v.WrittenIn, u.KeptIn-v.KeptIn
	w.AudioIn, w.AudioOut = u.AudioIn-v.AudioIn, u.AudioOut-v.AudioOut
	w.ImageIn, w.ImageOut = u.ImageIn-v.ImageIn, u.ImageOut-v.ImageOut
	w.Searches = u.Searches - v.Searches
	return w
}

// Add makes u what was used by both.
func (u *Usage) Add(v *Usage) {
	u.In, u.CachedIn, u.Out, u.Reasoning = u.In+v.In, u.CachedIn+v.CachedIn, u.Out+v.Out, u.Reasoning+v.Reasoning
	u.WrittenIn, u.KeptIn = u.WrittenIn+v.WrittenIn, u.KeptIn+v.KeptIn
	u.AudioIn, u.AudioOut = u.AudioIn+v.AudioIn, u.AudioOut+v.AudioOut
	u.ImageIn, u.ImageOut = u.ImageIn+v.ImageIn, u.ImageOut+v.ImageOut
	u.Searches += v.Searches
	u.Known, u.Bad, u.Odd = u.Known || v.Known, u.Bad || v.Bad, u.Odd || v.Odd
}
