package govern

// Awaited reports whether other processes still have calls that are paid at this Book: one that they
// are served by, or that is to be asked for again within a moment. Who closes the Book before that
// leaves those calls to be charged for what is known of them.
func (b *Book) Awaited() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.dismissed && len(b.served)+len(b.takenBy) > 0
}

// Awaited is Book.Awaited; false while another process has the Book.
func (t *Till) Awaited() bool {
	if b := t.enter(); b != nil {
		defer t.leave()
		return b.Awaited()
	}
	return false
}

// With has f use the Book, which is not given away meanwhile; f must not take long. It reports false when another
// process has the Book: f was not called.
func (t *Till) With(f func(*Book)) bool {
	b := t.enter()
	if b == nil {
		return false
	}
	defer t.leave()
	f(b)
	return true
}
