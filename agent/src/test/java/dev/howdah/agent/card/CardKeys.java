package dev.howdah.agent.card;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.util.Base64;

/** Fresh keys for tests, as files hold them. */
final class CardKeys {
    private CardKeys() {}

    static ECKey curve() {
        return curve(Curve.P_256);
    }

    static ECKey curve(Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID("curve").generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static RSAKey rsa() {
        try {
            return new RSAKeyGenerator(2048).keyID("rsa").generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static String pem(String name, byte[] encoded) {
        return "-----BEGIN " + name + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(encoded)
                + "\n-----END " + name + "-----\n";
    }
}
