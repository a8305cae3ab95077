package core

// A Behind is a Watcher of an exchange that memory answers, and wants the same question asked
// upstream all the same, behind the answer: because that is old, or to compare it with another.
//
// The question is then carried without a client, by a fork of the exchange with bytes of its
// own. It passes the stages of Before, Commit, Settle and After as any other exchange does, so
// that it is paid for; those of Admit let its caller in before. It is among nobody's requests
// in the access log, and no client's header says anything about it.
type Behind interface {
	Watcher

	// Behind returns who watches what is asked behind x, and stands in the fork as its Watch;
	// nil: nothing is asked. It is called once, after a stage of Before said Answer.
	Behind(x *Exchange) Watcher

	// Dropped tells that what Behind wanted is not asked: too many are under way already, the
	// request is too long, or the process ends. It is called on what Behind was called on, and
	// no stage of After runs.
	Dropped(x *Exchange)
}
