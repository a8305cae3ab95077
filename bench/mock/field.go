package mock

// field is a key that matters.
type field uint8

const (
	fOther field = iota
	fModel
	fStream
	fStreamOptions
	fIncludeUsage
	fEncoding
	fDims
	fLimit
	fTools
	fName
	fInput
	fPrompt
)

// lookup identifies a key at its depth; the same name at another depth has another meaning.
func lookup(key []byte, depth int) field {
	switch string(key) {
	case "model":
		return at(depth, 1, fModel)
	case "stream":
		return at(depth, 1, fStream)
	case "stream_options":
		return at(depth, 1, fStreamOptions)
	case "include_usage":
		return at(depth, 2, fIncludeUsage)
	case "encoding_format":
		return at(depth, 1, fEncoding)
	case "dimensions":
		return at(depth, 1, fDims)
	case "max_tokens", "max_completion_tokens", "max_output_tokens":
		return at(depth, 1, fLimit)
	case "tools":
		return at(depth, 1, fTools)
	case "name":
		return fName
	case "input":
		return at(depth, 1, fInput)
	case "messages", "prompt", "system", "instructions":
		return at(depth, 1, fPrompt)
	}
	return fOther
}

func at(depth, want int, f field) field {
	if depth == want {
		return f
	}
	return fOther
}
