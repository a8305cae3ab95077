package owned

// The kinds of things. Where two providers use the same word for different things, the provider
// distinguishes them.
const (
	Files      = "files"
	Batches    = "batches"
	Tunings    = "tunings" // fine-tuning jobs
	Models     = "models"  // the results of those jobs
	Stores     = "vector-stores"
	Containers = "containers"
	Contents   = "cached-contents"
	Operations = "operations"
	Videos     = "videos"

	invocations = "invocations" // of Bedrock, named by ARNs
)

// A Room is where things of one kind lie: a path after the API's version.
type Room struct {
	Path   string // in lower case, without a slash at its end
	Kind   string // empty: what lies here belongs to no caller, and no other field is set
	Closed bool   // it belongs to the account as a whole, and no caller may see it
	Loose  bool   // things are not recorded, as their ids cannot be guessed; no caller may see their list
	Single bool   // things are made here, but lie in another room
}

// rooms are the paths at which things lie, of all vendors; no server has all of them. A path comes before
// its own prefixes.
//
// Source: https://platform.openai.com/docs/api-reference, https://docs.claude.com/en/api,
// https://ai.google.dev/api, https://cloud.google.com/vertex-ai/docs/reference/rest,
// https://docs.mistral.ai/api, https://docs.cohere.com/reference, https://docs.together.ai/reference,
// https://docs.x.ai/docs/api-reference, https://replicate.com/docs/reference/http,
// https://docs.aws.amazon.com/bedrock/latest/APIReference, https://docs.gladia.io/api-reference
var rooms = [...]Room{
	{Path: "/files", Kind: Files},
	{Path: "/uploads", Kind: "uploads"},
	{Path: "/messages/batches", Kind: Batches},
	{Path: "/batches", Kind: Batches},
	{Path: "/batch/jobs", Kind: Batches},
	{Path: "/batchpredictionjobs", Kind: Batches},
	{Path: "/fine_tuning/alpha"},
	{Path: "/fine_tuning/checkpoints", Closed: true},
	{Path: "/fine_tuning/jobs", Kind: Tunings},
	{Path: "/fine-tunes", Kind: Tunings},
	{Path: "/finetuning/finetuned-models", Kind: Tunings},
	{Path: "/tuningjobs", Kind: Tunings},
	{Path: "/customjobs", Kind: "jobs"},
	{Path: "/pipelinejobs", Kind: "jobs"},
	{Path: "/hyperparametertuningjobs", Kind: "jobs"},
	{Path: "/tunedmodels", Kind: Models},
	{Path: "/vector_stores", Kind: Stores},
	{Path: "/containers", Kind: Containers},
	{Path: "/videos/characters", Kind: "characters"},
	{Path: "/videos/generations", Kind: Videos, Single: true},
	{Path: "/videos/edits", Kind: Videos, Single: true},
	{Path: "/videos/extensions", Kind: Videos, Single: true},
	{Path: "/videos", Kind: Videos},
	{Path: "/evals", Kind: "evals"},
	{Path: "/skills", Kind: "skills"},
	{Path: "/conversations", Kind: "conversations"},
	{Path: "/assistants", Kind: "assistants"},
	{Path: "/threads/runs", Kind: "threads", Single: true},
	{Path: "/threads", Kind: "threads"},
	{Path: "/chatkit/sessions", Kind: "chatkit-sessions"},
	{Path: "/chatkit/threads", Kind: "chatkit-threads"},
	{Path: "/audio/voices", Kind: "voices"},
	{Path: "/audio/voice_consents", Kind: "voice-consents"},
	{Path: "/cachedcontents", Kind: Contents},
	{Path: "/filesearchstores", Kind: "file-search-stores"},
	{Path: "/corpora", Kind: "corpora"},
	{Path: "/ragcorpora", Kind: "corpora"},
	{Path: "/operations", Kind: Operations},
	{Path: "/agents/completions"},
	{Path: "/agents", Kind: "agents"},
	{Path: "/sessions", Kind: "sessions"},
	{Path: "/environments", Kind: "environments"},
	{Path: "/vaults", Kind: "vaults"},
	{Path: "/memory_stores", Kind: "memory-stores"},
	{Path: "/libraries", Kind: "libraries"},
	{Path: "/datasets", Kind: "datasets"},
	{Path: "/embed-jobs", Kind: "embed-jobs"},
	{Path: "/connectors", Kind: "connectors"},
	{Path: "/trainings", Kind: "trainings"},
	{Path: "/predictions", Kind: "predictions"},
	{Path: "/pre-recorded", Kind: "transcriptions"},
	{Path: "/transcription", Kind: "transcriptions"},
	{Path: "/async-invoke", Kind: invocations},

	{Path: "/responses", Loose: true},
	{Path: "/interactions", Loose: true},
	{Path: "/chat/completions", Loose: true},
	{Path: "/history", Loose: true},
	{Path: "/generatedfiles", Loose: true},

	{Path: "/organization", Closed: true},
	{Path: "/organizations", Closed: true},
	{Path: "/projects", Closed: true},
	{Path: "/api_keys", Closed: true},
	{Path: "/api-keys", Closed: true},
	{Path: "/workspaces", Closed: true},
}

// Rooms returns the paths at which things lie. It must not be modified.
func Rooms() []Room { return rooms[:] }

// verbs are the methods of Google's models that make things: POST /models/NAME:verb.
//
// Source: https://ai.google.dev/api/batch-api, https://ai.google.dev/gemini-api/docs/video
var verbs = [...]struct{ verb, kind string }{
	{":batchgeneratecontent", Batches},
	{":asyncbatchembedcontent", Batches},
	{":batchembedtext", Batches},
	{":predictlongrunning", Operations},
	{":createtunedmodel", Models},
}

// versions are the prefixes that a path may have before a room's, as some doors relay the path of a client
// unchanged.
var versions = [...]string{"/v1", "/v1beta", "/v1beta1", "/v1alpha", "/v2", "/openai", "/upload", "/download", "/anthropic"}

// kindOf returns the kind for the collection of a name of Google's, COLLECTION/ID; empty: none.
func kindOf(word []byte) string {
	var low [maxWord]byte
	if len(word) >= maxWord {
		return ""
	}
	low[0] = '/'
	n := 1 + copy(low[1:], word)
	lower(low[:n])
	for i := range rooms {
		if rooms[i].Path == string(low[:n]) {
			return rooms[i].Kind
		}
	}
	return ""
}
