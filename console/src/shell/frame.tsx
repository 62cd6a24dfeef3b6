// The frame around every page: top bar, side navigation, breadcrumbs, notices.

import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';
import AppLayoutToolbar from '@cloudscape-design/components/app-layout-toolbar';
import type { AppLayoutToolbarProps } from '@cloudscape-design/components/app-layout-toolbar';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';

import { BASE } from '../base';
import { NoticesBar } from './notices';
import { useSession, useSignOut } from './session';
import { useTheme } from './theme';
import type { Theme } from './theme';

export interface Crumb {
  text: string;
  path: string;
}

interface Place {
  crumbs: Crumb[];
  contentType: AppLayoutToolbarProps.ContentType;
}

const PlaceContext = createContext<(place: Place) => void>(() => undefined);

const ROOT: Crumb = { text: 'Warmfront', path: '/distributions' };

/** Tells the frame where the person is. The last crumb is the page, and the window's title. */
export function usePlace(crumbs: Crumb[], contentType: AppLayoutToolbarProps.ContentType = 'default'): void {
  const tell = useContext(PlaceContext);
  const key = JSON.stringify(crumbs);
  useEffect(() => {
    const told = JSON.parse(key) as Crumb[];
    tell({ crumbs: told, contentType });
    document.title = [...told.map((crumb) => crumb.text).reverse(), 'Warmfront'].join(' · ');
  }, [tell, key, contentType]);
}

export function Frame() {
  const navigate = useNavigate();
  const [place, setPlace] = useState<Place>({ crumbs: [], contentType: 'default' });
  const [isOpen, setIsOpen] = useState(() => matchMedia('(min-width: 1200px)').matches);
  const tell = useCallback((told: Place) => setPlace(told), []);
  const crumbs = useMemo(() => [ROOT, ...place.crumbs], [place.crumbs]);
  return (
    <PlaceContext value={tell}>
      <div id="top">
        <TopBar />
      </div>
      <AppLayoutToolbar
        headerSelector="#top"
        contentType={place.contentType}
        toolsHide
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setIsOpen(detail.open)}
        ariaLabels={{
          navigation: 'Side navigation', navigationClose: 'Close side navigation', navigationToggle: 'Open side navigation',
          notifications: 'Messages', tools: 'Help', toolsClose: 'Close help', toolsToggle: 'Open help',
        }}
        navigation={<Navigation />}
        breadcrumbs={
          <BreadcrumbGroup
            ariaLabel="Breadcrumbs"
            items={crumbs.map((crumb) => ({ text: crumb.text, href: BASE + crumb.path }))}
            onFollow={(event) => {
              event.preventDefault();
              void navigate(event.detail.href.slice(BASE.length));
            }}
          />
        }
        notifications={<NoticesBar />}
        content={<Outlet />}
      />
    </PlaceContext>
  );
}

function Navigation() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const id = /^\/distributions\/([^/]+)/.exec(pathname)?.[1];
  const isOne = id !== undefined && id !== 'create';
  const settings = (isOne ? TABS : []).map(([text, tab]) => ({
    type: 'link' as const, text, href: `${BASE}/distributions/${id}/${tab}`,
  }));
  const active = isOne ? `${BASE}/distributions/${id}/${pathname.split('/')[3] ?? 'general'}` : `${BASE}/distributions`;
  return (
    <SideNavigation
      header={{ text: 'Warmfront', href: `${BASE}/distributions` }}
      activeHref={active}
      items={[
        { type: 'link', text: 'Distributions', href: `${BASE}/distributions` },
        ...(isOne ? [{ type: 'section' as const, text: id, items: settings }] : []),
      ]}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(BASE.length));
      }}
    />
  );
}

/** The tabs of a distribution, in CloudFront's order. */
export const TABS = [
  ['General', 'general'], ['Origins', 'origins'], ['Behaviors', 'behaviors'], ['Error pages', 'error-pages'],
  ['Invalidations', 'invalidations'], ['Tags', 'tags'],
] as const;

const THEMES: { id: Theme; text: string }[] = [
  { id: 'system', text: 'As the system' }, { id: 'light', text: 'Light' }, { id: 'dark', text: 'Dark' },
];

function TopBar() {
  const navigate = useNavigate();
  const session = useSession();
  const leave = useSignOut();
  const { theme, choose } = useTheme();
  const role = session?.role === 'read-only' ? 'May read' : 'May read and change';
  return (
    <TopNavigation
      identity={{
        href: `${BASE}/distributions`,
        title: 'Warmfront',
        logo: { src: `${BASE}/icon.svg`, alt: 'Warmfront console' },
        onFollow: (event) => {
          event.preventDefault();
          void navigate('/distributions');
        },
      }}
      utilities={[
        {
          type: 'menu-dropdown', iconName: 'settings', ariaLabel: 'Appearance', title: 'Appearance',
          items: THEMES.map((item) => ({ ...item, itemType: 'checkbox' as const, checked: item.id === theme })),
          onItemClick: ({ detail }) => choose(detail.id as Theme),
        },
        {
          type: 'menu-dropdown', iconName: 'user-profile', text: session?.name ?? '', description: session?.accessKeyId,
          ariaLabel: `Signed in as ${session?.name ?? ''}`,
          items: [{ id: 'role', text: role, disabled: true }, { id: 'sign-out', text: 'Sign out' }],
          onItemClick: ({ detail }) => {
            if (detail.id === 'sign-out') void leave();
          },
        },
      ]}
    />
  );
}
