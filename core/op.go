package core

// An Op is something a client can ask for.
type Op uint8

const (
	OpChat       Op = iota // chat completions
	OpCompletion           // legacy text completions
	OpResponses            // the Responses API, create only
	OpEmbed                // embeddings
	OpInvoke               // Bedrock's InvokeModel: a conversation in the model vendor's own words
	OpRerank               // documents ordered by a query
	OpCount                // how many tokens a conversation has
	OpModels               // the list of models the caller may use; answered here, never upstream
	OpPass                 // any other provider endpoint, relayed byte for byte
	OpRealtime             // a conversation over a WebSocket, whose messages pass as they are
	NumOps
)

var opNames = [NumOps]string{"chat", "completion", "responses", "embeddings", "invoke", "rerank", "count", "models", "pass", "realtime"}

// String is the name of op in metrics, logs and configuration.
func (op Op) String() string {
	if op < NumOps {
		return opNames[op]
	}
	return "unknown"
}
