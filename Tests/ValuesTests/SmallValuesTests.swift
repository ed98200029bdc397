import Foundation
import TestSupport
import Testing
import Values

struct CompanyNumberTests {
    @Test(arguments: ["418166096", "130025265", "552100554", "356000000"])
    func `a SIREN passes the Luhn check`(number: String) { #expect(CompanyNumber.isSiren(number)) }

    @Test(arguments: ["41816609600051", "13002526500013", "35600000000048", "35600000049837", "35600000099999"])
    func `a SIRET passes it too, or is one of La Poste`(number: String) { #expect(CompanyNumber.isSiret(number)) }

    @Test(arguments: [
        "", "41816609", "4181660960", "418166097", "000000001", "844451564", "41816609a", " 418166096", "４１８１６６０９６",
        "+18166096", "13002526500001", "41816609600052", "356000001",
    ])
    func `any other text is neither`(number: String) {
        #expect(!CompanyNumber.isSiren(number) && !CompanyNumber.isSiret(number))
    }

    @Test func `one digit changed or two neighbours exchanged is found`() {
        let number = Array("41816609600051".utf8)
        for place in number.indices {
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != number[place] {
                var changed = number
                changed[place] = digit
                #expect(!CompanyNumber.isSiret(String(decoding: changed, as: UTF8.self)))
            }
        }
    }

    @Test func `the check digit completes any number`() {
        for number in ["1", "41816609", "99999999", "4181660960005", "0"] {
            let whole = number + String(CompanyNumber.checkDigit(for: number))
            if whole.count == 9 { #expect(CompanyNumber.isSiren(whole)) }
            if whole.count == 14 { #expect(CompanyNumber.isSiret(whole)) }
        }
        #expect(CompanyNumber.checkDigit(for: "41816609") == "6")
    }
}

struct Base64URLTests {
    @Test func `bytes come back, of every length`() {
        var random = SeededGenerator(seed: 7)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Base64URL.encode(bytes)
            #expect(!text.contains { "+/=".contains($0) })
            #expect(Base64URL.decode(text) == bytes)
        }
    }

    @Test(arguments: ["a", "abcde", "ab=", "ab==", "a+b/", "a b", "ab\n", "é", "ab\0d", "====", "-"])
    func `a text of another alphabet or length is refused`(text: String) { #expect(Base64URL.decode(text) == nil) }

    @Test(arguments: ["AB", "AAB", "_x", "__9"])
    func `a text that encoding never gives is refused`(text: String) {
        // RFC 4648 §3.5: else two texts would be one signature.
        #expect(Base64URL.decode(text) == nil)
    }
}

struct RedactedTests {
    private struct Holder {
        let name: Redacted<String>
        let list: [Redacted<[String]>]
        let other: Redacted<String>?
    }
    private enum Failure: Error { case of(Redacted<String>) }

    @Test func `nothing shows a redacted value`() {
        let secret = Redacted("LEFEBVRE")
        let holder = Holder(name: secret, list: [Redacted(["LEFEBVRE"])], other: secret)
        var texts = ["\(secret)", "\(holder)", String(reflecting: holder), String(describing: Failure.of(secret))]
        texts += [
            "\(["k": secret])", "\(Optional(secret) as Any)", "\(Mirror(reflecting: secret).children.map(\.value))",
        ]
        texts.append((Failure.of(secret) as any Error).localizedDescription)
        for value in [secret, holder, [secret], Failure.of(secret)] as [Any] {
            var printed = ""
            print(value, to: &printed)
            debugPrint(value, to: &printed)
            dump(value, to: &printed)
            texts.append(printed)
        }
        for text in texts { #expect(!text.contains("LEFEBVRE")) }
        #expect(secret.exposed == "LEFEBVRE" && secret == Redacted("LEFEBVRE"))
    }
}
