@main
struct Unefois { static func main() { print("unefois") } }
