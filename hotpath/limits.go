package hotpath

import "time"

// Bounds of the data plane. The configurable ones are defaults of core.Limits.
const (
	defaultBody      = 20 << 20
	defaultForm      = 26 << 20
	defaultConns     = 15000
	defaultHeadWait  = 5 * time.Second
	defaultIdleWait  = 60 * time.Second
	defaultBodyWait  = 20 * time.Second
	defaultWriteWait = 60 * time.Second

	bodyBudget = 512 << 20 // bytes of large request bodies held at once, all connections together
	largeBody  = 64 << 10  // from here a body counts against bodyBudget

	readSize     = 64 << 10 // one read from a socket
	frontRoom    = 10 << 10 // room kept before a body for the head that is written last
	maxOutHead   = 8 << 10  // a reply head we write; further fields of the provider are left out
	maxPreflight = 1 << 10  // bytes of header names that a page asks for
	maxKeep      = 1 << 20  // a unary reply kept to read its usage
	maxTail      = 16 << 10 // of a longer one, in which pictures or vectors stand before the usage

	maxInterim  = 5        // interim replies before the final one
	maxWithout  = 8        // members taken out of one request because its client said so
	maxCrossing = 1 << 20  // what a translation may leave behind for the next one, in bytes
	maxGather   = 64 << 20 // a reply that is translated as a whole

	shadowSeats = 16               // shadows that are asked at a time
	shadowQueue = 64               // and those that wait to be, or for the client's own exchange
	shadowBody  = 1 << 20          // a request that casts one, or that is asked behind its answer
	shadowReply = 1 << 20          // an answer that is compared
	shadowTotal = 10 * time.Minute // for a shadow whose target says nothing else, and for what is asked behind an answer
	trailSeats  = 32               // requests behind answers from memory that are asked at a time
	trailQueue  = 256              // and those that wait to be

	maxUnsaid   = 1 << 10   // of a sentence, kept back while its end is awaited
	maxSaid     = 256 << 10 // of an answer that another target may continue
	leastTokens = 16        // that a continuation may have, however much was said

	maxHold    = 256 << 10 // of a stream that another target could replace, before its first content
	uploadSize = 256 << 10 // a piece of a large body written at once
	streamRead = 8 << 10   // one read of the goroutine lane

	defaultHeader = 30 * time.Second // from the last request byte to the reply head
	defaultAnswer = 5 * time.Minute  // the same of an answer that comes whole
	defaultFirst  = 2 * time.Minute  // from the last request byte to the first content of a stream
	defaultStall  = 30 * time.Second // between reply bytes

	napLongest  = time.Second           // after which a stage that waits is asked again, whatever it said
	napShortest = time.Millisecond      // before which it is not, unless it is woken
	longestNap  = 60                    // seconds of a Retry-After that a client may as well wait for
	longestWait = 2 * longestNap        // the same if a provider says it: as long as OpenAI's SDKs do
	stayEvery   = 10 * time.Millisecond // looks whether an exchange without a client is still wanted, on the goroutine lane

	maxMessage = 16 << 20  // of a client, over a WebSocket
	maxFirst   = 1 << 20   // the first one, which is held to find the model
	maxTurn    = 256 << 10 // a message of a provider that is read for usage
	dullSize   = 1 << 10   // of the beginning of one, which tells that it is not worth it
	socketRead = 8 << 10   // one read of a WebSocket; more than a control frame
	socketLife = 24 * time.Hour

	drainLook  = 20 * time.Millisecond  // between looks whether a drain is over
	wardenRest = time.Minute            // between looks at the wall clock, while there are keys that end
	closeWait  = time.Second            // from the end of one side of a WebSocket to that of the other
	askRest    = 100 * time.Millisecond // before a side is asked again for a sign of life, when it could not be
	sayTries   = 100                    // waits of sayRest for a frame under way to be written
	sayRest    = 5 * time.Millisecond

	lingerWait   = time.Second            // after the last byte, for the client to hang up first
	probeWait    = 10 * time.Millisecond  // after a client's FIN, before asking whether it still listens
	probeMost    = 16 * probeWait         // for the question to go out
	drainQuiet   = 750 * time.Millisecond // a connection quiet for so long is closed by a drain
	acceptRest   = 100 * time.Millisecond // after EMFILE, before accepting again
	handWait     = 10 * time.Second       // for a TLS client to finish its handshake
	maxRequestID = 64                     // bytes of a client's own request id

	maxRemembered  = 64 // bytes of a credential whose hash a loop remembers
	rememberedKeys = 64 // places for them; a power of two
)

// What is sent besides answers.
const (
	interim = "HTTP/1.1 100 Continue\r\n\r\n"
	comment = "3\r\n:\n\n\r\n" // one chunk with one empty comment

	maxBudget     = time.Hour      // that a client's x-latency-budget can name
	maxShown      = 128            // bytes of a name in a header
	maxDuration   = 16             // bytes of a duration in a header
	maxSessionTTL = 24 * time.Hour // that a client can ask for
	maxRetryAfter = 24 * time.Hour // that a provider can ask for

	maxTestimony  = 16 << 10    // bytes of a refusal's body that are waited for before it is judged
	testimonyWait = time.Second // for them to come
)
