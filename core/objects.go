package core

// An ObjectRef names a thing that lies at a provider: a file, a batch, a container.
type ObjectRef struct {
	Provider string // a Provider's name in the configuration
	Kind     string // such as "files"; core/owned has the list
	ID       string // what the provider calls it, without the names of what it lies in
}

// A Maker is a virtual key with its team and customer, as they were when the key made something.
// All of it is empty for callers without a key.
type Maker struct {
	Key      string
	Team     string // empty: none
	Customer string // empty: none
}

// An Object is the record of a thing that somebody made at a provider through the gateway.
type Object struct {
	ObjectRef
	Maker
	Model   string // empty: none was named
	Made    int64  // Unix seconds
	Expires int64  // Unix seconds; 0: the provider did not say
}

// Objects is the book of Objects. Nothing waits: told is called once, by any goroutine, and may be
// called before the method returns.
type Objects interface {
	// Find looks up those of refs that there are records of, in any order. An error means that it is
	// not known. Without refs it asks whether records can be kept at all.
	Find(refs []ObjectRef, told func(found []Object, err error))

	// Any finds out whether there is a record of a kind at a provider whose Maker has the Key of who, or,
	// where these are not empty, its Team or its Customer.
	Any(provider, kind string, who Maker, told func(is bool, err error))

	// Keep records what was made. A record of the same name is replaced in made, and in beside only
	// completed where it has the same Key: what is there keeps its Maker.
	Keep(made, beside []Object, told func(err error))

	// Forget removes the records of what is gone.
	Forget(refs []ObjectRef, told func(err error))

	// Figures returns its metrics.
	Figures() []Figure
}
