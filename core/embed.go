package core

// An Embed is a request for embeddings in no provider's words.
type Embed struct {
	Tree
	From    *Dialect
	Model   Text
	Inputs  []Input
	Size    []byte // dimensions wanted, raw number; nil: the model's own
	Base64  bool   // the client wants its vectors as base64 of little-endian float32
	Kind    Text   // what the vectors are for: "query", "document", "classification", "clustering", or the provider's own word; nil: not said
	Title   Text
	Cut     Tri    // longer inputs may be cut; Unsaid: the provider's default
	Types   []Text // number types, in the words of Cohere; nil: float
	User    Text
	Shape   uint32
	More    int32
	Dropped []string
}

// An Input is one thing to embed.
type Input struct {
	Text   Text   // nil: see Tokens or Image
	Tokens []byte // raw array of token ids
	Image  Text   // a data URL
	Shape  uint16
}

// A Vectors is the answer to an Embed.
type Vectors struct {
	Tree
	From  *Dialect
	ID    Text
	Model Text
	List  []Vector // in the order of the inputs
	Usage Usage
	Shape uint32
	More  int32
}

// A Vector is one embedding: raw JSON numbers in an array, or base64.
type Vector struct {
	Floats []byte // raw array; nil: see Base64
	Base64 Text   // little-endian float32
	More   int32
}

// A Rerank is a request to order documents by how well they fit a query.
type Rerank struct {
	Tree
	From      *Dialect
	Model     Text
	Query     Text
	Documents [][]byte // raw values: strings, or objects with a text
	TopN      []byte   // raw number; nil: all
	Return    Tri      // the documents come back with their rank
	Shape     uint32
	More      int32
	Dropped   []string
}

// A Ranking is the answer to a Rerank.
type Ranking struct {
	Tree
	From  *Dialect
	ID    Text
	Model Text
	List  []Rank // best first
	Usage Usage
	Units int64 // search units billed; 0: not said
	Shape uint32
	More  int32
}

// A Rank is one document's place.
type Rank struct {
	Index    int64
	Score    []byte // raw number
	Document []byte // raw value; nil: not returned
	More     int32
}

// Reset empties e and keeps its memory.
func (e *Embed) Reset() {
	e.Tree.Reset()
	clear(e.Inputs)
	*e = Embed{Tree: e.Tree, Inputs: e.Inputs[:0], Types: e.Types[:0], Dropped: e.Dropped[:0]}
}

// Reset empties v and keeps its memory.
func (v *Vectors) Reset() {
	v.Tree.Reset()
	clear(v.List)
	*v = Vectors{Tree: v.Tree, List: v.List[:0]}
}

// Reset empties r and keeps its memory.
func (r *Rerank) Reset() {
	r.Tree.Reset()
	clear(r.Documents)
	*r = Rerank{Tree: r.Tree, Documents: r.Documents[:0], Dropped: r.Dropped[:0]}
}

// Reset empties r and keeps its memory.
func (r *Ranking) Reset() {
	r.Tree.Reset()
	clear(r.List)
	*r = Ranking{Tree: r.Tree, List: r.List[:0]}
}
