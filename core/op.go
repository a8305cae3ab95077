package core

// An Op is something a client can ask for.
type Op uint8

const (
	OpChat       Op = iota // chat completions
	OpCompletion           // legacy text completions
	OpResponses            // the Responses API, create only
	OpEmbed                // embeddings
	OpModels               // the list of models the caller may use; answered here, never upstream
	OpPass                 // any other provider endpoint, relayed byte for byte
	NumOps
)

var opNames = [NumOps]string{"chat", "completion", "responses", "embeddings", "models", "pass"}

// String is the name of op in metrics, logs and configuration.
func (op Op) String() string {
	if op < NumOps {
		return opNames[op]
	}
	return "unknown"
}
