import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The benefits' bus as a test wants it: it answers what it is told, keeps what it is asked, and can be held back.
final class ProviderStub: Sendable {
    struct Reply: Sendable {
        var status = 200
        var headers = ["X-APISECU-FD": "00810011"]
        var body = ProviderStub.quotient
    }

    static let quotient = """
        {"quotientFamilial":620,"annee":2026,"mois":5,"allocataires":[{"nomNaissance":"LEFEBVRE","nomUsage":"",\
        "listePrenoms":"CLAIRE MARIE","dateNaissance":"1987-06-27","genre":"F"}],"enfants":null,\
        "adresse":{"identite":"MME LEFEBVRE","codePostalVille":"08000 VILLERS"}}
        """

    private struct State {
        var reply = Reply()
        var asked: [String] = []
        var headers: HTTPFields = [:]
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var expecting: [(count: Int, wake: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Addresses of the questions so far, tokens left out.
    var asked: [String] { state.withLock { $0.asked } }

    /// A header of the last question.
    func header(_ name: String) -> String? {
        state.withLock { state in HTTPField.Name(name).flatMap { state.headers[$0] } }
    }

    func tell(_ reply: Reply) { state.withLock { $0.reply = reply } }

    /// From now on questions wait.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let waiting = state.withLock { state in
            defer { (state.isHeld, state.waiting) = (false, []) }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    /// Waits until that many questions have come.
    func reaches(_ count: Int) async {
        await withCheckedContinuation { wake in
            let isThere = state.withLock { state in
                if state.asked.count < count { state.expecting.append((count, wake)) }
                return state.asked.count >= count
            }
            if isThere { wake.resume() }
        }
    }

    func respond(_ request: Request) async -> Response {
        if request.method == .post {
            return Self.response(200, [:], #"{"access_token":"t","expires_in":3600}"#)
        }
        let woken = state.withLock { state in
            state.asked.append(request.uri.string)
            state.headers = request.headers
            defer { state.expecting.removeAll { $0.count <= state.asked.count } }
            return state.expecting.filter { $0.count <= state.asked.count }
        }
        for one in woken { one.wake.resume() }
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return !state.isHeld
            }
            if passes { continuation.resume() }
        }
        let reply = state.withLock { $0.reply }
        return Self.response(reply.status, reply.headers, reply.body)
    }

    private static func response(_ status: Int, _ headers: [String: String], _ body: String) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = "application/json"
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
