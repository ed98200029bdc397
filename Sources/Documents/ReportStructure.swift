/// The tree of what the parts of a document are: headings, paragraphs, tables (ISO 32000-1 §14.7).
struct ReportStructure: Sendable {
    enum Kid: Sendable {
        case element(Int)
        /// Marked content of a page.
        case content(page: Int, mark: Int)
        /// The object of a link's annotation.
        case annotation(page: Int, object: Int)
    }

    struct Element: Sendable {
        let role: String
        let parent: Int
        var kids: [Kid] = []
    }

    /// The first is the document itself.
    private(set) var elements = [Element(role: "Document", parent: 0)]

    func role(_ element: Int) -> String { elements[element].role }

    /// Adds an element at the end of another, by default of the document.
    mutating func add(_ role: String, in parent: Int = 0) -> Int {
        elements.append(Element(role: role, parent: parent))
        elements[parent].kids.append(.element(elements.count - 1))
        return elements.count - 1
    }

    mutating func mark(_ element: Int, page: Int, _ mark: Int) {
        elements[element].kids.append(.content(page: page, mark: mark))
    }

    mutating func attach(_ annotation: Int, page: Int, to element: Int) {
        elements[element].kids.append(.annotation(page: page, object: annotation))
    }

    /// Writes the tree.
    /// - Parameters:
    ///   - numbers: object numbers reserved for the elements, in their order.
    ///   - pages: object numbers of the pages.
    ///   - parents: for each page its marks' elements, then for each annotation its element: the way back.
    /// - Returns: the number of the tree's root.
    func write(
        to objects: inout PDFObjects, numbers: [Int], pages: [Int], parents: (pages: [[Int]], annotations: [Int])
    ) -> Int {
        let root = objects.reserve()
        for (index, element) in elements.enumerated() {
            let kids = element.kids.map { kid in
                switch kid {
                case .element(let other): "\(numbers[other]) 0 R"
                case .content(let page, let mark): "<< /Type /MCR /Pg \(pages[page]) 0 R /MCID \(mark) >>"
                case .annotation(let page, let object):
                    "<< /Type /OBJR /Pg \(pages[page]) 0 R /Obj \(object) 0 R >>"
                }
            }
            let parent = index == 0 ? root : numbers[element.parent]
            let scope = element.role == "TH" ? " /A << /O /Table /Scope /Row >>" : ""
            objects.set(
                numbers[index],
                "<< /Type /StructElem /S /\(element.role) /P \(parent) 0 R\(scope) /K [\(kids.joined(separator: " "))] >>"
            )
        }
        var entries = parents.pages.enumerated().map { index, marks in
            "\(index) [" + marks.map { "\(numbers[$0]) 0 R" }.joined(separator: " ") + "]"
        }
        entries += parents.annotations.enumerated().map { index, element in
            "\(parents.pages.count + index) \(numbers[element]) 0 R"
        }
        let tree = objects.add("<< /Nums [\(entries.joined(separator: " "))] >>")
        objects.set(
            root,
            "<< /Type /StructTreeRoot /K \(numbers[0]) 0 R /ParentTree \(tree) 0 R /ParentTreeNextKey \(entries.count) >>"
        )
        return root
    }
}
