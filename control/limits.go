package control

import "time"

// PollEvery is how often the configuration file is looked at. Polling works
// where notification does not: Kubernetes' symlinks, network file systems,
// bind mounts.
const PollEvery = 2 * time.Second

// maxLogged bounds the lines one refused document may write to the log.
const maxLogged = 20
