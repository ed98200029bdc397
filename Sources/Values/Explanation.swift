/// Why a call ended as it did, in words for whoever made it: nothing in it is about the person asked about.
public struct Explanation: Sendable, Hashable {
    /// A fact with its name.
    public struct Fact: Sendable, Hashable {
        public let name: String
        public let text: String

        public init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    /// One step of the way.
    public struct Step: Sendable, Hashable {
        public enum State: String, Sendable, Hashable { case passed, failed, notReached }
        public let title: String
        public let text: String
        public let state: State

        public init(title: String, text: String, state: State) {
            self.title = title
            self.text = text
            self.state = state
        }
    }

    /// What was asked, when, by whom, and how it ended.
    public var facts: [Fact] = []
    /// One sentence: accepted, or refused with what code.
    public var summary = ""
    public var isRefusal = false
    /// The steps in their order; empty where the call was accepted.
    public var steps: [Step] = []
    /// What the refusal means, then what is known of its cause.
    public var causes: [String] = []
    public var remedy: String?
    /// What the same call would meet now, as far as what is kept of it tells.
    public var today: [String] = []

    public init() {}
}
