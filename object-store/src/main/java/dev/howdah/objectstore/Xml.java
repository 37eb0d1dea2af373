package dev.howdah.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** An answer of a store. */
record Xml(Element element) {
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

    /** Reads and closes. */
    static Xml parse(InputStream in) throws IOException {
        try (in) {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(NO_DOCTYPE, true); // no entities, which could name files or grow
            factory.setNamespaceAware(true);
            return new Xml(factory.newDocumentBuilder().parse(in).getDocumentElement());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("the store's answer cannot be read", e);
        }
    }

    boolean is(String name) {
        return name.equals(element.getLocalName());
    }

    List<Xml> children(String name) {
        var children = new ArrayList<Xml>();
        for (var node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child && name.equals(child.getLocalName())) {
                children.add(new Xml(child));
            }
        }
        return children;
    }

    /** The text of a child; empty if there is none. */
    String text(String name) {
        return children(name).stream().findFirst().map(child -> child.element.getTextContent()).orElse("");
    }
}
