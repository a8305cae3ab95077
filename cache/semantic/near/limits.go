package near

// Dims is the length of a vector.
const Dims = 128

const (
	tailFirst  = 8    // rows of a Set's first tail
	tailRows   = 512  // a tail of so many is sealed
	graphFrom  = 2048 // sealed rows that become a graph
	maxSealed  = 16   // sealed tails that wait for a merge; then the writer merges
	mergeRatio = 4    // a graph is merged with what is newer when that is a 4th of it

	links0  = 32  // neighbors of a node on the ground
	links   = 16  // above
	efBuild = 100 // candidates looked at for a new node
	efLook  = 40  // candidates kept in a search
	efMost  = 128 // the same where many rows are dead
	maxTop  = 8   // nearest rows a search returns
	maxRows = 1 << 24
)
