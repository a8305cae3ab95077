package control

import "time"

// PollEvery is how often the configuration file is checked. Polling works
// where notification does not: Kubernetes' symlinks, network file systems,
// bind mounts.
const PollEvery = 2 * time.Second

// maxLogged bounds the log lines of one refused document.
const maxLogged = 20
