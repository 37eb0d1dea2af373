package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Reads XML of strangers: without document types, and so without entities from elsewhere. */
final class Xml {
    private Xml() {}

    static Element parse(String text) throws BrokenManifest {
        try {
            var builder = builder();
            builder.setErrorHandler(new DefaultHandler()); // throws, instead of writing to the console
            return builder.parse(new InputSource(new StringReader(text.strip()))).getDocumentElement();
        } catch (SAXException | IOException e) {
            throw new BrokenManifest(String.valueOf(e.getMessage()));
        }
    }

    private static DocumentBuilder builder() {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setExpandEntityReferences(false);
            return factory.newDocumentBuilder();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's own XML parser knows these features", e);
        }
    }

    static List<Element> children(Element parent) {
        var nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item)
                .flatMap(node -> node instanceof Element element ? Stream.of(element) : Stream.empty()).toList();
    }

    static List<Element> children(Element parent, String name) {
        return children(parent).stream().filter(child -> child.getTagName().equals(name)).toList();
    }

    static Optional<Element> child(Element parent, String name) {
        return children(parent, name).stream().findFirst();
    }

    /** The text of the child of that name; empty if there is none. */
    static String text(Element parent, String name) {
        return child(parent, name).map(child -> child.getTextContent().strip()).orElse("");
    }
}
