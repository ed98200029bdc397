import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

struct EchoTests {
    private static func operation(_ path: String...) -> APIOperation {
        Model.operation(
            Model.plan(),
            echoes: [Echo(asked: .fact(.parameter(0)), answered: path.reduce(.node) { .member($0, $1) })])
    }

    private static func code(_ answer: String, asked: JSON?) async -> String? {
        await Model.connector(ScriptedTransport(.json(answer))).ask(operation("id"), Model.facts(asked)).code
    }

    @Test(arguments: [
        (#"{"id":"012345674"}"#, "012345674"), (#"{"id":12345}"#, "12345"), (#"{"id":"012 345 674"}"#, "012345674"),
        (#"{"id":"LEFEVRE-HENRY"}"#, "Lefèvre Henry"), (#"{"id":["1","1"]}"#, "1"), (#"{"id":null}"#, "1"), ("{}", "1"),
        (#"{"id":[]}"#, "1"),
    ])
    func `an answer about what was asked, or that does not say, is taken`(answer: String, asked: String) async {
        #expect(await Self.code(answer, asked: .string(asked)) == nil)
    }

    @Test(arguments: [
        (#"{"id":"012345682"}"#, "012345674"), (#"{"id":["1","2"]}"#, "1"), (#"{"id":"12"}"#, "1"),
        (#"{"id":"LEFEBVRE"}"#, "LEFEVRE"), (#"{"id":"012345674"}"#, "12345674"),
    ])
    func `an answer about somebody else is not given, and is nobody's outage`(answer: String, asked: String) async {
        #expect(await Self.code(answer, asked: .string(asked)) == "NN999")
    }

    @Test func `where nothing was asked by that name nothing is compared`() async {
        #expect(await Self.code(#"{"id":"1"}"#, asked: nil) == nil)
    }
}
