import Foundation

/// Whom a command talks with: questions go to the standard error, so that only results are in the output.
protocol Conversation: Sendable {
    /// True where answers may be coloured.
    var isColoured: Bool { get }
    /// Says something on a line of its own, beside the results.
    func say(_ text: String)
    /// Gives a result.
    func show(_ text: String)
    /// Asks, and waits for a line; nil at the end of the input.
    func ask(_ question: String) async -> String?
    /// The same without showing what is typed.
    func askSecret(_ question: String) async -> String?
}

/// The terminal, or pipes in its place.
struct Console: Conversation {
    let isColoured = isatty(STDOUT_FILENO) != 0 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    private let isTyped = isatty(STDIN_FILENO) != 0

    func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    func show(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    func ask(_ question: String) async -> String? { await line(question) { readLine() } }

    func askSecret(_ question: String) async -> String? {
        guard isTyped else { return await ask(question) }
        return await line(question) { HiddenInput.readLine() }
    }

    /// Reads on a thread of its own: async code runs on the event loops, which the call itself needs.
    private func line(_ question: String, _ read: @escaping @Sendable () -> String?) async -> String? {
        FileHandle.standardError.write(Data(question.utf8))
        let line = await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: read()) }.start()
        }
        if !isTyped { say("") }
        return line
    }
}

/// Reads a line that the terminal does not show.
enum HiddenInput {
    static func readLine() -> String? {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // Whoever interrupts must get back a terminal that shows what they type.
        let interruptions = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [shown] in
                var shown = shown
                tcsetattr(STDIN_FILENO, TCSANOW, &shown)
                exit(128 + number)
            }
            source.resume()
            return source
        }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        let line = Swift.readLine()
        tcsetattr(STDIN_FILENO, TCSANOW, &shown)
        FileHandle.standardError.write(Data("\n".utf8))
        for (number, source) in zip([SIGINT, SIGTERM], interruptions) {
            source.cancel()
            signal(number, SIG_DFL)
        }
        return line
    }
}
