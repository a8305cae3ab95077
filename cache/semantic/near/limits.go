package near

// Dims is the length of a vector.
const Dims = 128

const (
	tailFirst  = 8    // rows of a Set's first tail
	tailRows   = 512  // rows of a full tail, which is sealed
	graphFrom  = 2048 // sealed rows from which on a merge makes a graph
	maxSealed  = 16   // sealed tails that wait for a merge; with more the writer merges
	mergeRatio = 4    // a graph is merged with the newer rows when those are a quarter of it

	links0  = 32  // neighbours of a node on the lowest level
	links   = 16  // and on the others
	efBuild = 100 // candidates kept while linking a new node
	efLook  = 40  // candidates kept in a search
	efMost  = 128 // and in a search of a graph with many dead rows
	maxTop  = 8   // nearest rows a search returns
	maxRows = 1 << 24
)
