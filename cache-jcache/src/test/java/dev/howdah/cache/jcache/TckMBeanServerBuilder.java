package dev.howdah.cache.jcache;

import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;

/** Gives the management server of the process the id by which the TCK finds it. */
public final class TckMBeanServerBuilder extends MBeanServerBuilder {
    @Override
    public MBeanServerDelegate newMBeanServerDelegate() {
        return new MBeanServerDelegate() {
            @Override
            public synchronized String getMBeanServerId() {
                return System.getProperty("org.jsr107.tck.management.agentId");
            }
        };
    }
}
