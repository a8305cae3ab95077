package selftest

// A scenario is one feature that is tested in every cell.
type scenario struct {
	name  string
	help  string // what is tested, for the document
	model string // the scenario of the stand-in
	talk  func() talk
	loop  bool // the client answers the calls, in swapped order, and continues
	ends  func(r *run, c *Cell, e *exchange)
	only  string // unary or stream; empty: both
}

func scenarios() []scenario {
	return []scenario{
		{name: "text", model: "text", talk: settings,
			help: "a system prompt, three turns, characters that break, limit, temperature, top_p"},
		{name: "stop", model: "stop", talk: withStops,
			help: "two stop sequences; the answer ends before one of them"},
		{name: "tools", model: "tool", talk: withTools(weather()), loop: true,
			help: "a tool with a nested schema, its call, the result in a second request"},
		{name: "parallel tools", model: "tools", talk: withTools(weather(), clock()), loop: true,
			help: "two calls at once, results in swapped order"},
		{name: "images", model: "image", talk: withFiles(file{"image/png", "dot.png", png}),
			help: "a PNG as base64"},
		{name: "files", model: "image", talk: withFiles(file{"image/png", "dot.png", png}, file{"application/pdf", "paper.pdf", pdf}),
			help: "a PNG and a PDF as base64"},
		{name: "schema", model: "schema", talk: withSchema,
			help: "an answer that fits a JSON schema with $defs, enum and nesting"},
		{name: "reasoning", model: "think-tool", talk: withEffort, loop: true,
			help: "effort, the reasoning, a call, and both replayed with the signature, byte for byte"},
		{name: "usage", model: "usage", talk: withCache,
			help: "a cached system prompt; tokens in, out, cached, written and reasoned"},
		{name: "length", model: "length", talk: opening,
			help: "an answer that the limit cuts short"},
		{name: "citations", model: "cite", talk: opening,
			help: "an answer that names its source"},
		{name: "error", model: "error-429", talk: opening, ends: checkError,
			help: "status, kind, message, Retry-After and request id of a 429"},
		{name: "broken stream", model: "error-stream", talk: opening, ends: checkBroken,
			help: "an error event in the middle of a stream; unary: a 503"},
		{name: "cut stream", model: "cut", talk: opening, ends: checkCut,
			help: "a connection that is reset in the middle"},
		{name: "unfinished stream", model: "cut-clean", talk: opening, ends: checkCut, only: "stream",
			help: "a stream that ends in order, but before its end"},
	}
}

// Scenarios returns the names of the scenarios, in the order of the matrix.
func Scenarios() (names []string) {
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return names
}

func settings() talk {
	t := opening()
	t.temperature, t.topP = "0.5", "0.9"
	return t
}

func withStops() talk {
	t := opening()
	t.stops = []string{"END", "\n\nHuman:"}
	return t
}

func withTools(tools ...tool) func() talk {
	return func() talk {
		t := opening()
		t.tools = tools
		return t
	}
}

func withFiles(files ...file) func() talk {
	return func() talk {
		t := opening()
		t.turns[2].files = files
		return t
	}
}

func withSchema() talk {
	t := opening()
	t.schema = answerSchema()
	return t
}

func withEffort() talk {
	t := opening()
	t.tools, t.effort, t.limit = []tool{weather()}, "medium", 20000
	return t
}

func withCache() talk {
	t := opening()
	t.cache = true
	return t
}
