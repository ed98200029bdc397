import Foundation
import Testing
import Values

@testable import Documents

struct PDFTests {
    /// The objects that the file's table points at, in their order; nil where it points elsewhere.
    private static func table(_ bytes: [UInt8]) throws -> Int? {
        let text = String(decoding: bytes, as: Unicode.ASCII.self)
        let start = try #require(text.firstMatch(of: /startxref\n(\d+)/).flatMap { Int($0.1) })
        guard bytes[start...].starts(with: Array("xref".utf8)) else { return nil }
        let entries = String(decoding: bytes[start...], as: UTF8.self).matches(of: #/(\d{10}) 00000 n /#)
        for (index, entry) in entries.enumerated() {
            let offset = try #require(Int(entry.1))
            guard bytes[offset...].starts(with: Array("\(index + 1) 0 obj".utf8)) else { return nil }
        }
        return entries.count
    }

    private static func run(_ tool: String, _ pdf: [UInt8], _ arguments: [String] = []) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".pdf")
        try Data(pdf).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let arguments = arguments + [file.path()] + (tool == "pdftotext" ? ["-"] : [])
        return String(decoding: try #require(ChildProcess.output("/usr/bin/" + tool, arguments)), as: UTF8.self)
    }

    private static let hasTools = FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")

    private static func report(rows: Int, background: String? = nil) -> Report {
        var report = Report(
            title: "Attestation : élève & école", made: Date(timeIntervalSince1970: 1_778_839_200),
            footer: "À vérifier sur https://hub.example/x", background: background)
        report.letterhead("UneFois", "Service")
        report.headline("Élève d'une école")
        report.paragraph("Un texte (entre parenthèses), avec un \\ et des mots : œuvre, Łódź, 12 €.")
        report.frame("Vérifier", "Ouvrez.", link: "https://hub.example/a(b)", [Report.Row("Code", "AAAA-BBBB")])
        report.heading("Données", level: 1)
        report.rows((0..<rows).map { Report.Row("Libellé \($0)", "Valeur \($0)") }, level: 1)
        return report
    }

    @Test func `the table of a file points at its objects`() throws {
        #expect(try Self.table(PlainPDF(pages: [["a (b) \\"], ["é"]]).bytes) == 7)
        let count = try Self.table(Self.report(rows: 100).file())
        #expect(count ?? 0 > 300)
    }

    @Test func `signs outside the encoding lose their accent, unknown ones become a question mark`() {
        #expect(WinAnsi.bytes("é€œ’") == [0xE9, 0x80, 0x9C, 0x92])
        #expect(WinAnsi.bytes("e\u{301}") == [0xE9])
        #expect(WinAnsi.bytes("ăČ漢") == [0x61, 0x43, 0x3F])
        #expect(WinAnsi.literal("a(b)\\") == Array(#"(a\(b\)\\)"#.utf8))
    }

    @Test func `no line is wider than its column, and no word is lost`() {
        let text =
            "Les bénéficiaires d'une allocation " + String(repeating: "anticonstitutionnellement", count: 8) + " fin"
        for width in [60.0, 120, 300] {
            let lines = Font.regular.lines(text, width: width, size: 10)
            #expect(lines.allSatisfy { Font.regular.width($0, size: 10) <= width })
            #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        }
        #expect(Font.bold.lines("", width: 100, size: 10) == [""])
        #expect(Font.regular.width("AV", size: 1000) == 1334)
    }

    @Test func `marked contents are numbered in order on each page and known to the tree`() throws {
        let report = Self.report(rows: 90)
        #expect(report.pages.count > 2)
        for (index, page) in report.pages.enumerated() {
            let text = String(decoding: page.content, as: Unicode.ASCII.self)
            let marks = text.matches(of: /MCID (\d+)/).compactMap { Int($0.1) }
            #expect(marks == Array(page.marks.indices), "page \(index)")
            #expect(text.matches(of: /BDC|BMC/).count == text.matches(of: /EMC/).count)
        }
        let roles = Set(report.structure.elements.map(\.role))
        #expect(roles.isSuperset(of: ["Document", "H1", "H2", "P", "Table", "TR", "TH", "TD", "Link"]))
    }

    @Test(.enabled(if: hasTools, "poppler is not on this machine"))
    func `readers find text, title, language marks and pages`() throws {
        let pdf = Self.report(rows: 90, background: "SPÉCIMEN").file()
        let text = try Self.run("pdftotext", pdf, ["-layout"])
        #expect(text.contains("Élève d'une école") && text.contains("Valeur 89") && text.contains("12 €"))
        #expect(text.contains("(entre parenthèses)") && text.contains("AAAA-BBBB"))
        let about = try Self.run("pdfinfo", pdf)
        #expect(about.contains("Attestation : élève & école") && about.contains("Tagged:") && about.contains("yes"))
        #expect(!about.contains("Error") && !text.contains("Error"))
        #expect(text.contains("Page 1 sur 4") || text.contains("Page 1 sur 3"))
    }
}
