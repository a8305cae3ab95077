package near

// vectors are the vectors of rows in one piece of memory.
type vectors struct {
	at  []int8 // Dims numbers a row
	inv []float32
}

// A query is the vector that rows are compared with: a row of the same vectors, or a Vector.
type query struct {
	at  *int8
	inv float32
}

func (v *vectors) query(row uint32) query { return query{&v.at[int(row)*Dims], v.inv[row]} }

func (v *vectors) sim(q query, row uint32) float32 {
	return float32(dot(q.at, &v.at[int(row)*Dims])) * q.inv * v.inv[row]
}
